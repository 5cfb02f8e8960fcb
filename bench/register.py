"""Reckons and draws the register of a lesson of 500 people.

`python -m bench.register [PEOPLE]` prints a line for each figure; ends badly where one misses its bar. It is
the test of the page (tests/classes/test_register_speed.py), which has a database.
"""

import os
import subprocess
import sys

FULL = "500"
TEST = "tests/classes/test_register_speed.py"


def main(people: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"LESSON_OF": people},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    told = [line[line.index("lesson of ") :] for line in done.stdout.splitlines() if "lesson of " in line]
    print("\n".join(told) if told else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
