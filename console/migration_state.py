"""Whether the database has the migrations of this version.

While versions change places, both run on one database. A database that is ahead is fine, because migrations
of a new version only add what the former one ignores (docs/upgrading.md). One that is behind lacks tables or
columns that every page reads, so web, worker and beat do not start on it.
"""

from functools import cache
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from console.database_outage import exit_on_problem

NUMBER = "console.E050"
REMEDY = "Run manage.py migrate of this version, then start again."
Migration = tuple[str, str]


@cache
def code_migrations() -> frozenset[Migration]:
    """Return the app label and name of each migration of this version. None of them is imported."""
    found = set()
    for config in apps.get_app_configs():
        module, _ = MigrationLoader.migrations_module(config.label)
        spec = find_spec(module) if module else None
        folders = spec.submodule_search_locations if spec else None
        for entry in iter_modules(folders or []):
            if not entry.ispkg and entry.name[0] not in "_~":
                found.add((config.label, entry.name))
    return frozenset(found)


def missing_migrations(using: str = "default") -> list[Migration]:
    """Return the migrations of this version that the database lacks. DatabaseError if it does not answer."""
    return sorted(code_migrations() - _applied(using))


def newer_migrations(using: str = "default") -> list[Migration]:
    """Return the migrations in the database that come after all that this version has of their app."""
    last: dict[str, str] = {}
    for app, name in code_migrations():
        last[app] = max(name, last.get(app, ""))
    return sorted((app, name) for app, name in _applied(using) if app in last and name > last[app])


def missing_migrations_problem(using: str = "default") -> str:
    """Return a sentence about missing migrations; empty if there are none. DatabaseError as above."""
    missing = missing_migrations(using)
    if not missing:
        return ""
    return f"The database lacks {_described(missing)} of this version. {REMEDY}"


def exit_on_missing_migrations(**_: Any) -> None:
    """Exit if the database is behind."""
    exit_on_problem(NUMBER, missing_migrations_problem)


def refuse_older_version(using: str = "default", **_: Any) -> None:
    """Before `migrate`: CommandError if a newer version has migrated the database already.

    At its end `migrate` installs the row policies and triggers of its version, which may be too few for the
    newer one.
    """
    newer = newer_migrations(using)
    if newer:
        raise CommandError(
            f"A newer version has already migrated this database: it has {_described(newer)}, which this"
            " version does not have. This version runs on it as it is; run manage.py migrate of the newer"
            " one."
        )


def _described(migrations: list[Migration]) -> str:
    number = "a migration" if len(migrations) == 1 else f"{len(migrations)} migrations, the first"
    return f"{number} ({'.'.join(migrations[0])})"


def _applied(using: str) -> set[Migration]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())
