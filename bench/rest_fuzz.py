"""Fuzzing of REST: generated requests of every role, with each response checked against the description.

`python -m bench.rest_fuzz [CASES]` runs tests/security/test_rest_fuzz.py with about so many requests, 22,000
by default, and prints the totals; exits with an error on a server error or a response that is not described.
"""

import os
import subprocess
import sys

#: Divided equally among all addresses and rounded down, this makes 21,000 cases.
FULL = "22000"
TEST = "tests/security/test_rest_fuzz.py"


def main(cases: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "--show-capture=no", TEST],
        env=os.environ | {"REST_FUZZ": cases},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [line for line in done.stdout.splitlines() if line.startswith("goal rest fuzz")]
    print("\n".join(results) if results and not done.returncode else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
