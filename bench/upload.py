"""Upload of a file of 1 GB, with the memory of the web process.

`python -m bench.upload [MEGABYTES]` prints the memory of the web process: resident, proportional share, and
private. Exits with an error if the private memory reached 100 MB, in one body or in chunks. It runs
tests/documents/test_large_upload.py with a larger file.
"""

import os
import subprocess
import sys

FULL = "1000"
TEST = "tests/documents/test_large_upload.py"


def main(megabytes: str) -> int:
    quiet = ["-n0", "-q", "-s", "--show-capture=no", "--log-level=CRITICAL"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, TEST],
        env=os.environ | {"UPLOAD_MB": megabytes},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    results = [line for line in done.stdout.splitlines() if line.startswith("upload of ")]
    print("\n".join(results) if results else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
