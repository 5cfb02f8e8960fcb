"""Outbox operations of schools and people."""
