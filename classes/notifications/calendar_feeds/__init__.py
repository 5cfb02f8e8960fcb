"""iCalendar feeds of lessons under secret URLs."""
