"""A week of 2,000 lessons in a browser: time to display, longest frame while scrolling, size of the page.

`python -m bench.week [LESSONS]` runs bench/measured/test_full_week.py with so many and exits with an error if
a goal is missed.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "2000"


def main(size: str) -> int:
    return run_tests(f"{MEASURED}/test_full_week.py", figures=r"week of ", WEEK_LESSONS=size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
