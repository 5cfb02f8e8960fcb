"""Pages of a school with 100,000 people and 1,000,000 marks: 150 ms and 12 queries each.

`python -m bench.pages [MARKS [PEOPLE]]` runs tests/classes/pages/test_page_speed.py, which provides a
database, and prints a line per page.
"""

import os
import subprocess
import sys

FULL = ("1000000", "100000")
TEST = "tests/classes/pages/test_page_speed.py"


def main(marks: str, people: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "-s", "--show-capture=no", "--timeout=3600", TEST],
        env=os.environ | {"MARKS": marks, "PEOPLE": people},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines = [line.lstrip(".") for line in done.stdout.splitlines() if line.lstrip(".").startswith("page ")]
    print("\n".join(lines) or done.stdout)
    return done.returncode or int(any("MISSED" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main(*(*sys.argv[1:], *FULL[len(sys.argv) - 1 :])))
