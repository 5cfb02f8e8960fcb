"""Views of people and groups."""
