"""Courseware views. The detail page also shows lessons, so it belongs to `classes`."""
