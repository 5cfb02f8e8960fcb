"""Sealed fields, key rotation, and the in-memory type of secrets."""
