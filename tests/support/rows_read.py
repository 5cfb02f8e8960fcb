"""How many rows the statements of an act read, by PostgreSQL's own count; with true or false statistics."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection


def rows_read(act: Callable[[], object]) -> int:
    """Sum the rows that each node of each plan reads or throws away, of all queries of `act`."""
    rows = 0

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal rows
        if sql.lstrip().startswith("SELECT"):
            with connection.cursor() as cursor:  # beside the query, with the settings that it has
                rows += _rows_of(_explain(cursor, sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        act()
    return rows


def take_statistics(tables: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def pretend_empty(tables: Iterable[str]) -> None:
    """Let the planner believe that these tables have 300 pages without a row, as after many deletes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = 0, relpages = 300 WHERE relname = ANY(%s) AND relkind = 'r'",
            [list(tables)],
        )
        cursor.execute(
            "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relname = ANY(%s))",
            [list(tables)],
        )


def _explain(cursor: Any, sql: str, params: Any) -> dict[str, Any]:
    cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
    (answer,) = cursor.fetchone()
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan


def _rows_of(plan: dict[str, Any]) -> int:
    kept = plan["Actual Rows"] + sum(count for name, count in plan.items() if name.startswith("Rows Removed"))
    return round(kept * plan["Actual Loops"]) + sum(map(_rows_of, plan.get("Plans", ())))
