"""The search of all pages in a school of 100,000 people and as many lessons, as the web role.

`python -m bench.search [PEOPLE]` prints a line for each way; exits with an error if one is too slow. It runs
the test of the search (bench/measured/test_search.py), which provides a database, with more people.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "100000"


def main(size: str) -> int:
    return run_tests(f"{MEASURED}/test_search.py", figures=r"search .* ms \(goal ", SEARCH=size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
