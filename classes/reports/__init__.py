"""Attendance over many lessons: `sheet` is what a report is, `views` shows each as a page and as files."""
