"""A term of 14,400 lessons and 504,000 memberships from one XLSX, and a week of the school that has it.

`python -m bench.timetable [GROUPS]` runs bench/measured/test_full_term.py with 60 groups, or
the given number, prints a line for each figure, and exits with an error if one is missed.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "60"


def main(size: str) -> int:
    return run_tests(f"{MEASURED}/test_full_term.py", figures=r"[^.].*\(bar ", TERM_GROUPS=size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
