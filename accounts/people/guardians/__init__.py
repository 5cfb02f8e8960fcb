"""Guardians of students: services, form and pages, for the office alone."""
