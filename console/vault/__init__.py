"""Sealed fields, the rotation of their keys, and the type of a secret in memory."""
