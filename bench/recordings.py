"""Search in a library of 100,000 recordings, in every way that the page offers, as the web role.

`python -m bench.recordings [RECORDINGS]` prints a line for each way; exits with an error if one is too slow.
It runs the test of the library (tests/classes/recordings/test_speed.py) with more recordings.
"""

import os
import subprocess
import sys

FULL = "100000"
TEST = "tests/classes/recordings/test_speed.py"


def main(recordings: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"RECORDINGS": recordings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [
        line[line.index("recordings ") :]
        for line in done.stdout.splitlines()
        if " ms, " in line and "{" not in line
    ]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
