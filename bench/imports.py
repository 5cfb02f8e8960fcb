"""Imports and exports at full size: seconds for previews of 10,000 rows, megabytes for 100,000, OneRoster.

`python -m bench.imports` runs tests of bench/measured and tests/accounts/imports, which provide a database,
with more rows, each in its own process. Exits with an error if a goal is missed.
"""

import sys

from bench.runner import MEASURED, run_tests

TESTS = "tests/accounts/imports"
FULL = {
    "IMPORT_ROWS": "10000",
    "IMPORT_LONG_ROWS": "100000",
    "EXPORT_ROWS": "100000",
    "FORMULA_CELLS": "50000",
    "ROSTER_USERS": "10000",
    "ROSTER_MUTATIONS": "2000",
}
RUNS = (
    [f"{MEASURED}/test_previews.py"],
    [f"{TESTS}/test_sizes.py", "-k", "memory and csv"],
    [f"{TESTS}/test_sizes.py", "-k", "memory and xlsx"],
    [f"{TESTS}/test_sizes.py", "-k", "export and csv"],
    [f"{TESTS}/test_sizes.py", "-k", "export and xlsx"],
    [f"{TESTS}/test_formulas.py"],
    [f"{MEASURED}/test_one_roster.py"],
    [f"{TESTS}/one_roster/test_mutated_zips.py"],
)
FIGURES = "preview of|[0-9]+ rows of|[0-9].*formula cells|reading |[0-9].*mutated zips"


def main() -> int:
    return max(run_tests(*chosen, figures=FIGURES, **FULL) for chosen in RUNS)


if __name__ == "__main__":
    sys.exit(main())
