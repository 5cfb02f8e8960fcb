"""Conflicts and recurrence at full size: seconds to plan a term, milliseconds to check one new series, and
10,000 recurrence rules against dateutil.

`python -m bench.conflicts` runs their tests with more rows and rules, each in its own process. Exits with an
error if a goal is missed.
"""

import os
import subprocess
import sys

FULL = {"CONFLICT_GROUPS": "60", "RECURRENCE_RULES": "10000"}
RUNS = (
    ["tests/classes/conflicts/test_conflict_speed.py"],
    ["tests/classes/timetable/courses/test_recurrence.py", "--timeout=600"],
)
RESULT_MARKERS = ("planning ", "asking about", " rules, ")


def main() -> int:
    missed = 0
    for chosen in RUNS:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-n0", "-q", "-s", "--show-capture=no", *chosen],
            env=os.environ | FULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        lines = [
            line.lstrip(".")
            for line in done.stdout.splitlines()
            if any(marker in line for marker in RESULT_MARKERS)
        ]
        print("\n".join(lines) if lines else done.stdout, flush=True)
        missed += bool(done.returncode)
    return missed


if __name__ == "__main__":
    sys.exit(main())
