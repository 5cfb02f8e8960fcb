"""Imports and exports at full size: seconds for previews of 10,000 rows, megabytes for 100,000, OneRoster.

`python -m bench.imports` runs their tests (test_sizes.py, test_formulas.py in tests/accounts/imports, and two
in its folder one_roster), which provide a database, with more rows, each in its own process. Exits with an
error if a goal is missed.
"""

import os
import subprocess
import sys

SIZES, FORMULAS = "tests/accounts/imports/test_sizes.py", "tests/accounts/imports/test_formulas.py"
FULL = {
    "IMPORT_ROWS": "10000",
    "IMPORT_LONG_ROWS": "100000",
    "EXPORT_ROWS": "100000",
    "FORMULA_CELLS": "50000",
    "ROSTER_USERS": "10000",
    "ROSTER_MUTATIONS": "2000",
}
RUNS = (
    [SIZES, "-k", "preview"],
    [SIZES, "-k", "memory and csv"],
    [SIZES, "-k", "memory and xlsx"],
    [SIZES, "-k", "export and csv"],
    [SIZES, "-k", "export and xlsx"],
    [FORMULAS],
    ["tests/accounts/imports/one_roster/test_size.py"],
    ["tests/accounts/imports/one_roster/test_mutated_zips.py"],
)
RESULT_MARKERS = ("preview of", "rows of", "formula cells", "reading ", "mutated zips")


def main() -> int:
    missed = 0
    for chosen in RUNS:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-n0", "-q", "-s", "--show-capture=no", *chosen],
            env=os.environ | FULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        lines = [
            line.lstrip(".")
            for line in done.stdout.splitlines()
            if any(marker in line for marker in RESULT_MARKERS)
        ]
        print("\n".join(lines) if lines else done.stdout, flush=True)
        missed += bool(done.returncode)
    return missed


if __name__ == "__main__":
    sys.exit(main())
