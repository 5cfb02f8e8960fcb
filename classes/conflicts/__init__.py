"""Booking conflicts: detection before saving, overrides with a reason, and the database constraint."""
