"""Notifications about lessons: invitations, changes, reminders; each is sent once."""
