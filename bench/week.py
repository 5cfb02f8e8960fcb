"""A week of 2,000 lessons in a browser: time to display, longest frame while scrolling, size of the page.

`python -m bench.week [LESSONS]` runs tests/browser/test_full_week.py with so many and exits with an error if
a goal is missed.
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
    results = [
        line.lstrip(".") for line in done.stdout.splitlines() if line.lstrip(".").startswith("week of ")
    ]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
