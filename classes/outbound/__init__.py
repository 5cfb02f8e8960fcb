"""Operations of lessons: what is sent to the API, and how its answers are recorded."""
