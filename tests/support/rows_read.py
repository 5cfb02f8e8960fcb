"""How many rows the statements of an act read, by PostgreSQL's own count; with true or false statistics."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

#: What EXPLAIN takes.
STATEMENTS = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")
WRITING = ("UPDATE", "DELETE", "INSERT")
#: Explains statements inside functions, too, which EXPLAIN does not.
AUTO_EXPLAIN = """
    LOAD 'auto_explain';
    SET LOCAL client_min_messages = notice;
    SET LOCAL auto_explain.log_level = notice;
    SET LOCAL auto_explain.log_format = json;
    SET LOCAL auto_explain.log_min_duration = 0;
    SET LOCAL auto_explain.log_analyze = on;
    SET LOCAL auto_explain.log_timing = off;
    SET LOCAL auto_explain.log_nested_statements = on;
"""


def rows_read(act: Callable[[], object]) -> int:
    """Sum the rows that each node of each plan reads or throws away, of all queries of `act`."""
    return sum(map(sum, rows_of_statements(act).values()))


def rows_of_statements(act: Callable[[], object]) -> dict[str, list[int]]:
    """Return these rows by the text of the statement, without its values, for each time that it runs."""
    rows: defaultdict[str, list[int]] = defaultdict(list)

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and sql.lstrip(" \n(").startswith(STATEMENTS):
            # With the settings that the statement has; EXPLAIN carries it out, too.
            with transaction.atomic(), connection.cursor() as cursor:
                rows[sql].append(_rows_of(_explain(cursor, sql, params)))
                transaction.set_rollback(True)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        act()
    return rows


@contextmanager
def collect_rows_written() -> Iterator[list[int]]:
    """Collect the number of rows that each statement of the block writes."""
    rows: list[int] = []

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.lstrip(" \n(").startswith(WRITING):
            rows.append(max(context["cursor"].rowcount, 0))
        return result

    with connection.execute_wrapper(count):
        yield rows


@contextmanager
def collect_rows_read_in_functions() -> Iterator[list[int]]:
    """Collect the rows that each statement of the block and of its triggers reads. Within a transaction."""
    rows: list[int] = []

    def collect(notice: Any) -> None:
        if (plan := notice.message_primary.partition("plan:\n")[2]).startswith("{"):
            rows.append(_rows_of(json.loads(plan)["Plan"]))

    with connection.cursor() as cursor:
        cursor.execute(AUTO_EXPLAIN)
    connection.connection.add_notice_handler(collect)
    yield rows
    connection.connection.remove_notice_handler(collect)


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
    cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) {sql}", params)
    (answer,) = cursor.fetchone()
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan


def _rows_of(plan: dict[str, Any]) -> int:
    kept = plan["Actual Rows"] + sum(count for name, count in plan.items() if name.startswith("Rows Removed"))
    return round(kept * plan["Actual Loops"]) + sum(map(_rows_of, plan.get("Plans", ())))
