"""The timetable as a calendar: its events, layers and badges; moving a lesson."""
