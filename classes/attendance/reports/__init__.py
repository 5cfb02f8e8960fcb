"""Attendance reports over many lessons, as pages and files."""
