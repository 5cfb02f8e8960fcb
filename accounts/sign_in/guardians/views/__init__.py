"""Pages of signing in as a guardian, and of the own account."""
