"""Notifications: each is sent to a person once, in the console, by e-mail, or both."""
