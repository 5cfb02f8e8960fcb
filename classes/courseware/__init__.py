"""Courseware: document page, and attachments of lessons and courses."""
