"""Changes of tables while requests use them: one table at a time, and never waiting for long.

A transaction that locked several tables could wait for a request that waits for one of them. And while it
waits for a long query, every other request for the table waits behind it: it gives up soon and tries again.
"""

import time
from collections.abc import Iterable, Mapping

from django.db import OperationalError, connections, transaction

from console.concurrency import LOCK_FAILURES

#: Seconds for which requests may have to wait behind a change, and between two attempts.
LOCK_S, RETRY_S = 2, 0.5
ATTEMPTS = 60


def change_tables(statements: Mapping[str, Iterable[str]], using: str = "default") -> None:
    """Execute the statements of each table in a transaction of its own.

    OperationalError if a table stays locked for about two minutes. Those before it are changed by then, so
    statements must be repeatable.
    """
    for of_table in statements.values():
        _change_table(list(of_table), using)


def _change_table(statements: list[str], using: str) -> None:
    text = "; ".join(
        [f"SET LOCAL lock_timeout = '{LOCK_S}s'", *statements, "SET LOCAL lock_timeout TO DEFAULT"]
    )
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic(using=using), connections[using].cursor() as cursor:
                cursor.execute(text)
            return
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state not in LOCK_FAILURES or attempt == ATTEMPTS:
                raise
        time.sleep(RETRY_S)
