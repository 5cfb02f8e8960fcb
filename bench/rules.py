"""Calculation of attendance for 10,000 random lessons, compared with a second implementation of the rules.

`python -m bench.rules` runs the two property tests of tests/classes/attendance and prints the number of
lessons that they checked; HYPOTHESIS_PROFILE=ci checks fewer.
"""

import os
import sys

from bench.runner import run_tests

TESTS = (
    "tests/classes/attendance/calculation/test_properties.py::test_a_second_statement_of_the_rules_agrees",
    "tests/classes/attendance/calculation/test_leave_and_credit_properties.py"
    "::test_a_second_statement_of_the_rules_agrees_on_leave_and_guests_too",
)


def main() -> int:
    return run_tests(*TESTS, figures="goal ", **{"HYPOTHESIS_PROFILE": "all", **os.environ})


if __name__ == "__main__":
    sys.exit(main())
