"""Warning rules of a school with 1,000,000 marks: a night under 20 s, one register under 100 ms.

`python -m bench.thresholds [MARKS]` runs tests/classes/attendance/thresholds/test_speed.py, which provides a
database.
"""

import os
import subprocess
import sys

FULL = "1000000"
TEST = "tests/classes/attendance/thresholds/test_speed.py"


def main(marks: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "-s", "--show-capture=no", "--timeout=3600", TEST],
        env=os.environ | {"MARKS": marks},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    goals = [line for line in done.stdout.splitlines() if line.startswith("goal thresholds")]
    print(goals[0] if goals else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
