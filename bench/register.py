"""Calculation and rendering of the register of a lesson of 500 people.

`python -m bench.register [PEOPLE]` prints a line for each figure; exits with an error if one is missed. It
runs the test of the page (tests/classes/attendance/test_register_speed.py), which provides a database.
"""

import os
import subprocess
import sys

FULL = "500"
TEST = "tests/classes/attendance/test_register_speed.py"


def main(people: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"LESSON_OF": people},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [line[line.index("lesson of ") :] for line in done.stdout.splitlines() if "lesson of " in line]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
