"""Pages that bring several features together: home, a person, a lesson, the list of lessons."""
