"""The timetable: calendar, courses, terms, imports, bulk changes, changes of groups and cover."""
