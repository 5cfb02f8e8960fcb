"""Conflicts and dates in full size: seconds to plan a term, milliseconds to ask about one new series in it,
and 10,000 rules of repetition against dateutil.

`python -m bench.conflicts` runs their tests with more rows and rules, each in a process of its own. Ends
badly if a goal is missed.
"""

import os
import subprocess
import sys

FULL = {"CONFLICT_GROUPS": "60", "RECURRENCE_RULES": "10000"}
RUNS = (
    ["tests/classes/conflicts/test_conflict_speed.py"],
    ["tests/classes/courses/test_recurrence.py", "--timeout=600"],
)
TOLD = ("planning ", "asking about", " rules, ")


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
        lines = [line.lstrip(".") for line in done.stdout.splitlines() if any(one in line for one in TOLD)]
        print("\n".join(lines) if lines else done.stdout, flush=True)
        missed += bool(done.returncode)
    return missed


if __name__ == "__main__":
    sys.exit(main())
