"""Comparison of the sandbox's signature with one computed without any library.

`python -m bench.sandbox_signature [PAIRS]` (100,000 by default) prints a line; ends with 1 on a difference.
"""

import random
import string
import sys
import time

from console.sandbox.signature import sign
from tests.console.sandbox.md5 import md5

FULL = 100_000
LETTERS = string.ascii_letters + string.digits


def differences(pairs: int) -> int:
    """Return how many of `pairs` random keys and times the two implementations sign differently."""
    rng = random.Random(1)
    different = 0
    for _ in range(pairs):
        key = "".join(rng.choices(LETTERS, k=rng.randrange(1, 65)))
        moment = rng.randrange(10**9, 10**10)
        different += sign(key, moment) != md5(f"{key}{moment}")
    return different


def main(pairs: int) -> int:
    """Compare and print the result."""
    began = time.monotonic()
    different = differences(pairs)
    verdict = "ok" if different == 0 else "MISSED"
    took = time.monotonic() - began
    print(f"sandbox signature: {pairs:,} pairs, {different} differ (goal 0) in {took:.0f} s {verdict}")
    return 0 if different == 0 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FULL))
