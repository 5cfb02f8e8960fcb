"""Search of people in a school of 100,000, in every way that the list offers, as the web role.

`python -m bench.people [PEOPLE]` prints a line for each way; exits with an error if one is too slow. It runs
the test of the list (bench/measured/test_people.py), which provides a database, with more
people.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "100000"


def main(size: str) -> int:
    return run_tests(f"{MEASURED}/test_people.py", figures=r"people .* ms \(bar ", PEOPLE=size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
