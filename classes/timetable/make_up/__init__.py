"""Make-up lessons, held instead of a lesson that was cancelled or not held, or that nobody attended."""
