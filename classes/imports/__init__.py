"""A timetable from a file, a row a lesson or a weekly rule: compared, planned at once, sent, undone."""
