"""Pages of the channels: apps and bots of a school, its wording and quiet hours, and the mail server."""
