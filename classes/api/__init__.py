"""REST of lessons, attendance and recordings."""
