"""Mirror of the service: polling, reconciliation, and the one path by which remote state enters rows."""
