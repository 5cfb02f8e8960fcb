"""Courses, lessons and their members; the timetable, the live view, attendance and recordings."""
