"""Alarms: `detection` raises them, `views` shows them, `notifications` reports them."""
