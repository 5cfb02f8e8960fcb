"""Pages of the channels of a school, and of the mail server."""
