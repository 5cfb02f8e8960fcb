"""REST API of people and groups."""
