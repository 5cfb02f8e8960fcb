"""The timetable: calendar, courses, terms, imports, bulk changes and changes of groups."""
