"""Pages of attendance warnings and their rules."""
