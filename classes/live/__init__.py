"""Running lessons: the live wall, the room and the alarms."""
