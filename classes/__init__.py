"""Courses, lessons and members; timetable, live view, attendance and recordings."""
