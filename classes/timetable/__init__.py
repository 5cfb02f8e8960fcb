"""The timetable: which lessons a stretch of days has, in which layers and with which signs; moving one."""
