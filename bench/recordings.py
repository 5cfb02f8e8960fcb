"""Search in a library of 100,000 recordings, in every way that the page offers, as the web role.

`python -m bench.recordings [RECORDINGS]` prints a line for each way; exits with an error if one is too slow.
It runs the test of the library (bench/measured/test_recordings.py) with more recordings.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "100000"


def main(size: str) -> int:
    return run_tests(f"{MEASURED}/test_recordings.py", figures=r"recordings .* ms, ", RECORDINGS=size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
