"""Lessons in people's own calendars: secret addresses, and what stands behind them."""
