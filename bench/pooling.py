"""Pages behind PgBouncer: in transaction mode at most 1.1 times as long as in session mode, in the same run.

`python -m bench.pooling [ROUNDS]` runs bench/measured/test_pooling.py, which provides a database, and prints
a line per page.
"""

import sys

from bench.runner import MEASURED, run_tests


def main(rounds: str = "60") -> int:
    return run_tests(f"{MEASURED}/test_pooling.py", figures="pooling ", ROUNDS=rounds)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
