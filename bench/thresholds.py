"""Warning rules of a school with 1,000,000 marks: a night under 20 s, one register under 100 ms.

`python -m bench.thresholds [MARKS]` runs bench/measured/test_warning_rules.py, which provides a
database.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "1000000"


def main(size: str) -> int:
    return run_tests(f"{MEASURED}/test_warning_rules.py", figures=r"goal thresholds", MARKS=size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
