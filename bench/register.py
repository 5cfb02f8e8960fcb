"""Calculation and rendering of the register of a lesson of 500 people.

`python -m bench.register [PEOPLE]` prints a line for each figure; exits with an error if one is missed. It
runs the test of the page (bench/measured/test_register.py), which provides a database.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "500"


def main(size: str) -> int:
    return run_tests(f"{MEASURED}/test_register.py", figures=r"lesson of ", LESSON_OF=size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
