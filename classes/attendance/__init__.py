"""Attendance: evidence in, marks out.

`evidence` writes what polls, history and callbacks tell; `reckon` turns it into marks without a
database (with `seen`, `said` and `spans` beneath it); `sentence` says why; `register` keeps the result.
"""
