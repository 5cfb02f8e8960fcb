"""The report of a school with 1,000,000 marks: under 500 ms, and equal to the marks.

`python -m bench.reports [MARKS]` runs test_school_report.py, test_usage.py and
test_attendance_matrix.py of bench/measured, which provide a database.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "1000000"
TESTS = ("test_school_report.py", "test_usage.py", "test_attendance_matrix.py")


def main(marks: str) -> int:
    paths = (f"{MEASURED}/{test}" for test in TESTS)
    return max(run_tests(path, figures=r"[a-z].* ms \(bar ", MARKS=marks) for path in paths)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
