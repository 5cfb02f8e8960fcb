from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError

from console.policy.row_security.database_role import REMEDY, missing_setup_sql, web_role
from console.policy.row_security.verification import row_security_problem
from console.policy.rules import unregistered_resources


def check_resources_registered(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """policy.E001: a resource of the table is not registered, so its rows cannot be checked."""
    hint = "Call console.policy.register() in the AppConfig.ready() of the app that has the model."
    return [
        Error(f"The policy table knows {resource!r}, but no app has registered it.", hint, id="policy.E001")
        for resource in unregistered_resources()
    ]


def check_row_security(*, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """policy.E003: policies are missing, so requests could read rows of every school, or none.

    It also runs in `check --deploy`, which names no database.
    """
    if databases and "default" not in databases:
        return []
    try:
        problem = row_security_problem()
    except DatabaseError:
        text = "The database does not answer, so its row policies were not checked."
        hint = "Check DATABASE_URL, and that the server runs."
        return [Warning(text, hint, id="policy.W001")]
    hint = "Until then the web process does not start."
    return (
        [Error(f"Row-level security is not complete. {problem}", hint, id="policy.E003")] if problem else []
    )


def check_database_role(*, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """policy.E002: the database user cannot create tables, or requests cannot assume their role."""
    if not databases or "default" not in databases or not missing_setup_sql():
        return []
    text = f"The user of DATABASE_URL lacks a right in the database, or the role {web_role()} for requests."
    return [Error(text, REMEDY, id="policy.E002")]
