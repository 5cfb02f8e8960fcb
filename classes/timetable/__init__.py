"""The timetable: calendar, courses, subjects, terms, imports, bulk changes, changes of groups and cover."""
