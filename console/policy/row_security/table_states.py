"""The state of row-level security of each table in the database."""

from functools import cache
from typing import Any, NamedTuple

from django.apps import apps

from console.policy.row_security.row_policies import row_policy_for

TABLES = """
SELECT c.relname, c.relrowsecurity,
    pg_has_role(r.oid, c.relowner, 'USAGE'),
    has_any_column_privilege(r.oid, c.oid, 'SELECT'),
    EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'console_rule'),
    EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polroles && ARRAY[r.oid, 0::oid]
        AND p.polpermissive AND p.polname NOT IN ('console_rule', 'console_read'))
FROM pg_class c JOIN pg_roles r ON r.rolname = %s
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
"""


class TableState(NamedTuple):
    """What the database says about a table and the role of requests."""

    table: str
    has_row_security: bool
    is_owned: bool
    is_readable: bool
    has_rule: bool
    has_foreign_policy: bool

    def problem(self, readable: bool) -> str:
        """Return what is wrong. `readable`: requests may read the table."""
        if self.is_owned:
            return "belongs to the role of requests, to which its policies do not apply"
        if not self.has_row_security or not self.has_rule:
            return "has no row policy"
        if self.has_foreign_policy:
            return "has a policy besides those of the console; drop that one"
        if self.is_readable != readable:
            return "has other rights than it should"
        return ""


def managed_models() -> list[Any]:
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def broken_tables(cursor: Any, role: str) -> dict[str, str]:
    """Return what is wrong with each table of this version whose policy or rights are not complete."""
    expected = _readable_tables()
    cursor.execute(TABLES, [role])
    states = [TableState(*row) for row in cursor.fetchall() if row[0] in expected]
    problems = {state.table: state.problem(expected[state.table]) for state in states}
    return {table: problem for table, problem in problems.items() if problem}


@cache
def _readable_tables() -> dict[str, bool]:
    """Return the tables of this version, and whether requests may read them."""
    return {model._meta.db_table: row_policy_for(model) is not None for model in managed_models()}
