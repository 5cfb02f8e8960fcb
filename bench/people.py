"""Search of people in a school of 100,000, in every way that the list offers, as the web role.

`python -m bench.people [PEOPLE]` prints a line for each way; exits with an error if one is too slow. It runs
the test of the list (tests/accounts/people/test_people_speed.py), which provides a database, with more
people.
"""

import os
import subprocess
import sys

FULL = "100000"
TEST = "tests/accounts/people/test_people_speed.py"


def main(people: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"PEOPLE": people},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [line[line.index("people ") :] for line in done.stdout.splitlines() if " ms (bar " in line]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
