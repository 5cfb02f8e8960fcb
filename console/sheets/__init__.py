"""Tables as files: XLSX and CSV that open right, name their zone, and run nothing."""
