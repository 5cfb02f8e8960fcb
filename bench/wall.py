"""Refresh of the live wall with 500 running lessons: under 200 ms and at most six statements.

`python -m bench.wall [LESSONS]` runs bench/measured/test_wall.py, which provides a database.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "500"


def main(size: str) -> int:
    return run_tests(f"{MEASURED}/test_wall.py", figures=r"wall .*queries \(bar ", LIVE_LESSONS=size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
