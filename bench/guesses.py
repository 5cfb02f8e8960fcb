"""Password guessing at sign-in: how many guesses reach the password check.

`python -m bench.guesses [GUESSES]` (10,000 by default, over a tenth as many accounts) prints a line for each
strategy; exits with an error if more pass than docs/security.md states. It runs the test of sign-in
(tests/accounts/sign_in/test_password_guessing.py), which provides a database, with more guesses.
"""

import os
import subprocess
import sys

FULL = "10000"
TEST = "tests/accounts/sign_in/test_password_guessing.py"


def main(guesses: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"GUESSES": guesses},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [
        line[line.index("sign-in guesses") :] for line in done.stdout.splitlines() if "guesses, " in line
    ]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
