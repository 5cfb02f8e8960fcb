"""Attendance: from evidence to marks.

`evidence` stores what polls, history and callbacks report. `calculation` turns it into marks, without a
database. `explanation` gives the reason of a mark as text. `register` stores the result.
"""
