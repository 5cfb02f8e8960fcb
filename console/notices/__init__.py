"""Notices: what a person should know, each told once, in the app and by mail."""
