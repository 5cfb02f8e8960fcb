"""Import a timetable from a file, each row a lesson or a weekly rule: check, apply, send, undo."""
