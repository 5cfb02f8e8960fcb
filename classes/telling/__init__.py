"""Telling people of their lessons: invitations, changes, reminders; each of them once."""
