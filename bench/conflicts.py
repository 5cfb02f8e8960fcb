"""Conflicts and recurrence at full size: seconds to plan a term, milliseconds to check one new series, and
10,000 recurrence rules against dateutil.

`python -m bench.conflicts` runs their tests with more rows and rules, each in its own process. Exits with an
error if a goal is missed.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = {"CONFLICT_GROUPS": "60", "RECURRENCE_RULES": "10000"}
RUNS = (
    [f"{MEASURED}/test_conflicts.py"],
    ["tests/classes/timetable/courses/test_recurrence.py", "--timeout=600"],
)
FIGURES = "planning |asking about|[0-9].* rules, "


def main() -> int:
    return max(run_tests(*chosen, figures=FIGURES, **FULL) for chosen in RUNS)


if __name__ == "__main__":
    sys.exit(main())
