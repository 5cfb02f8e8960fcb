"""Attendance thresholds: rules, the warnings of students who cross them, and what people do about these.

`crossings` finds who has crossed a rule, for some people or for everybody. `evaluation` raises and ends the
warnings, when a register changes and every night.
"""
