"""Refresh of the live wall with 500 running lessons: under 200 ms and at most six statements.

`python -m bench.wall [LESSONS]` runs tests/classes/live/wall/test_wall_speed.py, which provides a database.
"""

import os
import subprocess
import sys

FULL = "500"
TEST = "tests/classes/live/wall/test_wall_speed.py"


def main(lessons: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "-s", "--show-capture=no", TEST],
        env=os.environ | {"LIVE_LESSONS": lessons},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [line[line.index("wall ") :] for line in done.stdout.splitlines() if "queries (bar 6)" in line]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
