"""Fuzzing of REST: generated requests of every role, with each response checked against the description.

`python -m bench.rest_fuzz [CASES]` runs tests/security/test_rest_fuzz.py with about so many requests, 22,000
by default, and prints the totals; exits with an error on a server error or a response that is not described.
"""

import sys

from bench.runner import run_tests

#: Divided equally among all addresses and rounded down, this makes 21,000 cases.
FULL = "22000"
TEST = "tests/security/test_rest_fuzz.py"


def main(cases: str) -> int:
    return run_tests(TEST, figures="goal rest fuzz", REST_FUZZ=cases)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
