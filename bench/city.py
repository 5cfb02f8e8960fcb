"""A day of a city: `python -m bench.city [MINUTES] [LESSONS]` (10 minutes and 5,000 lessons by default).

200 schools with live lessons of 30 students at the mock service of the bench, callbacks, and 200 people who
click; on one machine, with the console's own web server, worker and beat. Prints the highest number of live
lessons at which the age of the data stays under a minute at p95; if the first level misses this, lower levels
follow. Runs of 10 minutes and more write `docs/benchmarks.md`.
"""

import importlib
import sys

from bench.anchored.service_process import service
from bench.ground import ground

LATENCY_MS = 50


def main(minutes: float, lessons: int) -> int:
    with service(LATENCY_MS) as (address, began), ground(address):
        missed: int = importlib.import_module("bench.anchored.city").day(minutes, lessons, began)
    return missed


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(float(arguments[0]) if arguments else 10.0, int(arguments[1]) if arguments[1:] else 5_000))
