"""Guessing at sign-in: how many guesses reach the password check, and how many find a password link.

`python -m bench.guesses [GUESSES]` (10,000 by default, over a tenth as many accounts) prints a line for each
strategy as soon as it is through; exits with an error if more pass than docs/security.md states. It runs the
tests of sign-in (TESTS), which provide a database, with more guesses, each file in a process of its own. Each
guess is a whole request, 50,000 in all: about ten minutes on two idle cores, an hour on busy ones.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

FULL = "10000"
TESTS = (
    "tests/accounts/sign_in/test_password_guessing.py",
    "tests/accounts/sign_in/test_link_guessing.py",
)
RESULT = "sign-in guesses"


def main(guesses: str) -> int:
    with ThreadPoolExecutor(len(TESTS)) as threads:
        return max(threads.map(lambda test: run(test, guesses), TESTS))


def run(test: str, guesses: str) -> int:
    """Run one file with so many guesses, print its results as they come, and return its exit code."""
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *quiet, test],
        env=os.environ | {"GUESSES": guesses, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    others = []
    for line in process.stdout:
        if RESULT in line:
            print(line[line.index(RESULT) :].rstrip(), flush=True)
        else:
            others.append(line)
    code = process.wait()
    if code:
        print("".join(others[-40:]), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
