"""Lessons follow the changes of student groups: impact, conflicts, propagation and reports."""
