"""Pages of a school with 100,000 people and 1,000,000 marks: 150 ms and 12 queries each.

`python -m bench.pages [MARKS [PEOPLE]]` runs bench/measured/test_pages.py, which provides a
database, and prints a line per page.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = ("1000000", "100000")


def main(marks: str, people: str) -> int:
    return run_tests(f"{MEASURED}/test_pages.py", figures="page ", MARKS=marks, PEOPLE=people)


if __name__ == "__main__":
    sys.exit(main(*(*sys.argv[1:], *FULL[len(sys.argv) - 1 :])))
