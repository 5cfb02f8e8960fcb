"""Attendance reports by e-mail, every week or month."""
