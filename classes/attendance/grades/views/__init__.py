"""Pages of attendance grades."""
