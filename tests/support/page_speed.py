"""How long a page takes on the server, and how many queries it makes."""

import time
from statistics import median
from typing import NamedTuple

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

#: What a page may need, also at the full size of a school.
MOST_QUERIES, MOST_MS = 12, 150
ROUNDS = 5


class PageSpeed(NamedTuple):
    """The median of the requests and the quickest, in milliseconds, and the queries of one.

    The quickest is what the work takes where nobody else uses the machine.
    """

    ms: float
    best: float
    queries: int

    @property
    def holds(self) -> bool:
        return self.ms <= MOST_MS and self.queries <= MOST_QUERIES


def measure_page(client: Client, path: str, rounds: int = ROUNDS) -> PageSpeed:
    """Measure a page for whoever is signed in, the first request not included."""
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
        queries = len(asked)  # a later request empties the record
    taken = []
    for _round in range(rounds):
        began = time.perf_counter()
        client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
    return PageSpeed(median(taken), min(taken), queries)
