"""Formats of dates and times by language, where they differ from Django's; see FORMAT_MODULE_PATH."""
