"""Forms of the school settings, one per section, and of a new school."""
