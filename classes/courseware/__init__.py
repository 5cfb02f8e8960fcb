"""Courseware in lessons: the page of a document, and what is attached to lessons and courses."""
