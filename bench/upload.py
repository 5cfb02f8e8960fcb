"""Upload of a file of 1 GB, with the memory of the web process.

`python -m bench.upload [MEGABYTES]` prints the memory of the web process: resident, proportional share, and
private. Exits with an error if the private memory reached 100 MB, in one body or in chunks. It runs
tests/documents/test_large_upload.py with a larger file.
"""

import sys

from bench.runner import run_tests

FULL = "1000"
TEST = "tests/documents/test_large_upload.py"


def main(megabytes: str) -> int:
    return run_tests(TEST, figures="upload of ", UPLOAD_MB=megabytes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
