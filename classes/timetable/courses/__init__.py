"""Series of lessons: rules and dates, planning, changing and cancelling."""
