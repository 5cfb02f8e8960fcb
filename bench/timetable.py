"""A term of 14,400 lessons and 504,000 memberships from one XLSX, and a week of the school that has it.

`python -m bench.timetable [GROUPS]` runs tests/classes/timetable/imports/test_full_term.py with 60 groups, or
the given number, prints a line for each figure, and exits with an error if one is missed.
"""

import os
import subprocess
import sys

FULL = "60"
TEST = "tests/classes/timetable/imports/test_full_term.py"


def main(groups: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"TERM_GROUPS": groups},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [line.lstrip(".") for line in done.stdout.splitlines() if "(bar " in line]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
