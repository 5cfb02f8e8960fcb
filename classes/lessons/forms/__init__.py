"""Forms of lessons."""
