"""Reckons 10,000 random lessons by the rules of attendance and by a second statement of them: all must agree.

`python -m bench.rules` runs the two properties of tests/classes/attendance that say so and prints how many
lessons they looked at; HYPOTHESIS_PROFILE=ci looks at fewer.
"""

import os
import subprocess
import sys

TESTS = (
    "tests/classes/attendance/test_properties.py::test_a_second_statement_of_the_rules_agrees",
    "tests/classes/attendance/test_decided.py"
    "::test_a_second_statement_of_the_rules_agrees_on_leave_and_guests_too",
)


def main() -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", *TESTS],
        env={"HYPOTHESIS_PROFILE": "all", **os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("goal ")]
    print("\n".join(told) if told and not done.returncode else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
