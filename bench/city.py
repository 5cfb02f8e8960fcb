"""A day of a city: `python -m bench.city [MINUTES] [LESSONS]` (10 minutes and 5,000 lessons by default).

200 schools, so many live lessons of 30 at a service of the bench's own, callbacks, and 200 people who click;
on one machine, with the console's own web server, worker and beat. Prints the most live lessons at which the
age of the data stays under a minute at p95; where it does not at first, further levels as long follow.
`docs/benchmarks.md` is written by runs of 10 minutes and more.
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
    told = sys.argv[1:]
    sys.exit(main(float(told[0]) if told else 10.0, int(told[1]) if told[1:] else 5_000))
