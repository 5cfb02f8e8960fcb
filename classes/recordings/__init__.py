"""Recordings: what was told of them, how they stand, the library, watching, keeping."""
