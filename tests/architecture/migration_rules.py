"""Whether a migration lets the former version go on working: the rules of docs/upgrading.md.

`python -m tests.architecture.migration_rules` (`make lint`) prints a sentence for each statement that does
not. squawk reads the SQL of a migration; which of its rules count, and what to do instead, is listed here.
Which migrations are older than the rules, which tables are large and what may be removed: see pyproject.toml.
"""

import json
import subprocess
import sys
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import django
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.support import environment

SQUAWK = Path(sys.executable).with_name("squawk")
#: The oldest PostgreSQL that the console runs on.
POSTGRESQL = "15"
IN_TWO_RELEASES = (
    "Release a version first that does not use it (in the state only: SeparateDatabaseAndState), and remove"
    " it in the release after that, named under `contract` in pyproject.toml."
)
WITH_A_COPY = (
    "Add a second one, write both and fill it in batches; read the new one in the next release, and remove"
    " the old one in the release after that."
)
#: Rule of squawk → what is wrong, and what to do instead: what the former version could not work with.
INCOMPATIBLE = {
    "ban-drop-column": f"It drops a column that the former version reads. {IN_TWO_RELEASES}",
    "ban-drop-table": f"It drops a table that the former version reads. {IN_TWO_RELEASES}",
    "renaming-column": "It renames a column that the former version reads. Keep the name with `db_column`.",
    "renaming-table": "It renames a table that the former version reads. Keep the name with `db_table`.",
    "changing-column-type": f"It changes the type of a column that the former version reads. {WITH_A_COPY}",
    "adding-required-field": (
        "It adds a required column, which the former version leaves out of new rows. Make it nullable, or"
        " give it a `db_default`."
    ),
    "ban-drop-default": (
        "It drops the default of a column, which the former version leaves out of new rows. Give the field a"
        " `db_default` instead of a `default`, which Django drops again."
    ),
    "adding-not-nullable-field": (
        "It requires a column that the former version may leave empty. Fill it and write it always in one"
        " release; require it in the next one, named under `contract` in pyproject.toml."
    ),
}
#: The same for what keeps everybody from writing to a large table for long.
LOCKING = {
    "require-concurrent-index-creation": (
        "It creates an index on a large table, which nobody can write to meanwhile. Use"
        " AddIndexConcurrently in a migration of its own with `atomic = False`."
    ),
    "disallowed-unique-constraint": (
        "It adds a unique constraint to a large table, which nobody can use meanwhile. Create a unique"
        " index with CREATE UNIQUE INDEX CONCURRENTLY, then add the constraint USING INDEX."
    ),
    "adding-foreign-key-constraint": (
        "It checks a new foreign key on all rows of a large table, which nobody can write to meanwhile. Add"
        " the field with `db_constraint=False` and `db_index=False`; then the index with"
        " AddIndexConcurrently, and the constraint as NOT VALID with RunSQL, each in a migration of its own."
    ),
    "constraint-missing-not-valid": (
        "It checks a new constraint on all rows of a large table, which nobody can write to meanwhile. Use"
        " AddConstraintNotValid, and ValidateConstraint in the next migration."
    ),
}
#: The statement that removes an index does not name its table.
LOCKING_ANY = {
    "require-concurrent-index-deletion": (
        "It removes an index, for which everybody has to wait who reads or writes its table. Use"
        " RemoveIndexConcurrently in a migration of its own with `atomic = False`."
    ),
}


class Rules(NamedTuple):
    """From pyproject.toml. `contract`: migration → the first version that does not use what it removes."""

    version: str
    accepted: dict[str, str]
    large_tables: frozenset[str]
    contract: dict[str, str]

    def may_remove(self, name: str) -> bool:
        """Whether the former version, which runs beside this one for a while, does not use it either."""
        unused_since = self.contract.get(name)
        return unused_since is not None and _number(unused_since) < _number(self.version)


def read_rules() -> Rules:
    project = tomllib.loads((environment.ROOT / "pyproject.toml").read_text())
    told = project["tool"]["iclass-console"]["migrations"]
    version = project["project"]["version"]
    return Rules(version, told["accepted"], frozenset(told["large-tables"]), told.get("contract", {}))


def new_migrations(rules: Rules) -> Iterator[tuple[Migration, ProjectState]]:
    """Those after the accepted ones, each with the state before it."""
    loader = MigrationLoader(None)
    for app, name in sorted(loader.disk_migrations):
        if _is_ours(app) and name > rules.accepted.get(app, ""):
            yield loader.disk_migrations[app, name], loader.project_state((app, name), at_end=False)


def problems(migration: Migration, state: ProjectState, rules: Rules) -> list[str]:
    """A sentence for each statement that the rules refuse."""
    name = f"{migration.app_label}.{migration.name}"
    incompatible = {} if rules.may_remove(name) else INCOMPATIBLE
    found = []
    for statement, broken in _violations(_statements(migration, state), migration.atomic):
        is_large = any(f'"{table}"' in statement or f" {table} " in statement for table in rules.large_tables)
        texts = incompatible | LOCKING_ANY | (LOCKING if is_large else {})
        text = next((texts[rule] for rule in texts if rule in broken), "")
        if text:
            found.append(f"{name}: {text}\n    {' '.join(statement.split())[:160]}")
    return found


def _statements(migration: Migration, state: ProjectState) -> list[str]:
    """The SQL of a migration, as `sqlmigrate` prints it."""
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state.clone(), editor, collect_sql=True)
    return list(editor.collected_sql)


def _violations(statements: list[str], in_transaction: bool) -> Iterator[tuple[str, set[str]]]:
    """Each statement that squawk complains of, with the names of the rules."""
    options = ["--reporter", "json", "--pg-version", POSTGRESQL, "--stdin-filepath", "migration.sql"]
    options += ["--assume-in-transaction"] if in_transaction else []
    done = subprocess.run([SQUAWK, *options], input="\n".join(statements), capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    begins = [0, *accumulate(statement.count("\n") + 1 for statement in statements)]
    broken: dict[int, set[str]] = {}
    for line in json.loads(done.stdout):
        broken.setdefault(bisect_right(begins, line["line"]) - 1, set()).add(line["rule_name"])
    for number, names in sorted(broken.items()):
        yield statements[number], names


def _is_ours(app: str) -> bool:
    module: Any = sys.modules[django.apps.apps.get_app_config(app).name]
    return Path(module.__file__).is_relative_to(environment.ROOT) and "site-packages" not in module.__file__


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def main() -> int:
    rules = read_rules()
    found = [line for one, state in new_migrations(rules) for line in problems(one, state, rules)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    environment.prepare()
    try:
        django.setup()
        status = main()
    finally:
        environment.finish()
    sys.exit(status)
