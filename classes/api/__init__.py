"""REST API of lessons, attendance and recordings."""
