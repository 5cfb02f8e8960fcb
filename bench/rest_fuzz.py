"""Throws generated requests at the console's REST, as everybody, and holds every answer against its
description.

`python -m bench.rest_fuzz [CASES]` runs tests/security/test_rest_fuzz.py with about so many, 20,000 and some
by default, prints the sums and ends badly where an answer was a fault of ours or none that the description
knows.
"""

import os
import subprocess
import sys

#: Shared by all addresses in equal whole numbers, this is 21,000 cases.
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
    told = [line for line in done.stdout.splitlines() if line.startswith("goal rest fuzz")]
    print("\n".join(told) if told and not done.returncode else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
