"""Handlers of callbacks about lessons, and a preview of what a replay would change."""
