"""Forms of people and groups."""
