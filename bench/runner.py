"""Run the tests behind a benchmark with full sizes, and print their figures."""

import os
import re
import subprocess
import sys

#: Tests that measure time; `make test` leaves them out.
MEASURED = "bench/measured"


def run_tests(*arguments: str, figures: str, **sizes: str) -> int:
    """Run pytest with these arguments in a process of its own, and return its exit status.

    `figures` is the regular expression of what is printed, to the end of its line; all output is printed
    where nothing matches. `sizes` are variables of the environment that say how large the tests are.
    """
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-n0",
            "-q",
            "-s",
            "--show-capture=no",
            "--log-level=CRITICAL",
            *arguments,
        ],
        env=os.environ | sizes,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    found = [match[0] for line in done.stdout.splitlines() if (match := re.search(f"({figures}).*", line))]
    print("\n".join(found) or done.stdout, flush=True)
    return done.returncode
