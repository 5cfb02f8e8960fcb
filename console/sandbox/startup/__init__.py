"""Start of the service: the management command and what it calls."""
