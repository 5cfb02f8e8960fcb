"""Refreshes the live wall with 500 lessons that run: under 200 ms and at most six statements.

`python -m bench.wall [LESSONS]` runs tests/classes/wall/test_wall_speed.py, which has a database.
"""

import os
import subprocess
import sys

FULL = "500"
TEST = "tests/classes/wall/test_wall_speed.py"


def main(lessons: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "-s", "--show-capture=no", TEST],
        env=os.environ | {"LIVE_LESSONS": lessons},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    told = [line[line.index("wall ") :] for line in done.stdout.splitlines() if "queries (bar 6)" in line]
    print("\n".join(told) if told else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
