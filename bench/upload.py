"""Uploads a file of 1 GB and watches the memory of the web process.

`python -m bench.upload [MEGABYTES]` prints what the web process held: resident, as its share of what several
processes use, and its own. Ends badly where it came to hold 100 MB of its own, in one body or in pieces.
It is tests/documents/test_large_upload.py with a larger file.
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
    told = [line for line in done.stdout.splitlines() if line.startswith("upload of ")]
    print("\n".join(told) if told else done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
