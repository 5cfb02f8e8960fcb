"""Grades for attendance: points and percentage of a course by the rule of the school, and fixed revisions."""
