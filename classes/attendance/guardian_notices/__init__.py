"""What guardians are told of attendance: absences, corrections of them, and warnings. Once a day."""
