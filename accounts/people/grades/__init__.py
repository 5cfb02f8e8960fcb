"""Grades of a school (年级): pages, services, ready-made sets, and the filter of lists and reports."""
