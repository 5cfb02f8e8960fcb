"""The search of all pages in a school of 100,000 people and as many lessons, as the web role.

`python -m bench.search [PEOPLE]` prints a line for each way; exits with an error if one is too slow. It runs
the test of the search (tests/console/test_search_speed.py), which provides a database, with more people.
"""

import os
import subprocess
import sys

FULL = "100000"
TEST = "tests/console/test_search_speed.py"


def main(people: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"SEARCH": people},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if " ms (goal " in line and "{" not in line]
    results = [line[line.index("search ") :] for line in lines]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
