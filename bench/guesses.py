"""Guesses passwords at the door, and counts how many guesses come as far as the password.

`python -m bench.guesses [GUESSES]` (10,000 by default, over a tenth as many accounts) prints a line for each
way of going about it; ends badly where more came through than docs/security.md says. It is the test of the
door (tests/accounts/sign_in/test_guesses.py) with more guesses: that needs a database, and the test has one.
"""

import os
import subprocess
import sys

FULL = "10000"
TEST = "tests/accounts/sign_in/test_guesses.py"


def main(guesses: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"GUESSES": guesses},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    told = [line[line.index("sign-in guesses") :] for line in done.stdout.splitlines() if "guesses, " in line]
    print("\n".join(told) if told else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
