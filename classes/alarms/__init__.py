"""Alarms: `detect` finds what wants a person, `queries` and `views` show it, `hook` tells another system."""
