"""Whether row-level security is complete in the database: the role of requests, and a policy on every table.

A restored dump, a role that a superuser changed or a table that somebody made by hand may leave it half laid:
then requests would read rows of every school, or none.
"""

from django.contrib.auth import get_user_model
from django.db import connections

from console.database_outage import exit_on_problem
from console.policy.row_security.database_role import REMEDY, is_usable, web_role
from console.policy.row_security.table_states import broken_tables

REPAIR = "Run manage.py migrate as the owner of the tables: it installs what is missing."


def row_security_problem(using: str = "default") -> str:
    """Return a sentence about what is missing; empty if nothing is, or if there are no tables yet.

    DatabaseError if the database does not answer.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [get_user_model()._meta.db_table])
        if not cursor.fetchone()[0]:
            return ""
        if not is_usable(cursor):
            return f"Requests cannot take on the database role {web_role()}, or it may do too much. {REMEDY}"
        problems = broken_tables(cursor, web_role())
    if not problems:
        return ""
    table, problem = min(problems.items())
    others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"The table {table}{others} {problem}. {REPAIR}"


def exit_without_row_security() -> None:
    """Exit if requests could read what they must not."""
    exit_on_problem("policy.E003", row_security_problem)
