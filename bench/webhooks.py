"""Webhooks: seconds from the commit of an event until its program has it, at 50 events a second.

`python -m bench.webhooks [SECONDS]` runs bench/measured/test_webhook_latency.py for 120 seconds, or so many,
and exits with an error if the 95th percentile is above two seconds.
"""

import sys

from bench.runner import MEASURED, run_tests

FULL = "120"


def main(seconds: str) -> int:
    return run_tests(
        f"{MEASURED}/test_webhook_latency.py", figures="webhook latency", WEBHOOK_SECONDS=seconds
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FULL))
