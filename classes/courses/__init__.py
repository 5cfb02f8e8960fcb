"""Series of lessons: their rules and dates, planning, changing and cancelling them."""
