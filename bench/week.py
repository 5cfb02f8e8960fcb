"""A week of 2,000 lessons in a browser: until it stands there, the longest frame of scrolling, its weight.

`python -m bench.week [LESSONS]` runs tests/browser/test_full_week.py with so many and ends badly where a bar
is missed.
"""

import os
import subprocess
import sys

FULL = "2000"
TEST = "tests/browser/test_full_week.py"


def main(lessons: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "-s", "--show-capture=no", TEST],
        env=os.environ | {"WEEK_LESSONS": lessons},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    told = [line.lstrip(".") for line in done.stdout.splitlines() if line.lstrip(".").startswith("week of ")]
    print("\n".join(told) if told else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
