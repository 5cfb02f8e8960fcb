"""Tables as files: XLSX and CSV that open correctly, name their time zone, and execute no formula."""
