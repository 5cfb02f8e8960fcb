"""Attendance matrix: students × lessons of a course or group that the reader leads, and trends of one."""
