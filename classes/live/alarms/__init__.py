"""Alarms: `detection` raises them, `views` shows them, `notifications` and `webhook` report them."""
