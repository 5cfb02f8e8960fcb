"""Database triggers that record which rows of REST lists each transaction wrote (console.policy.row_changes).

They run once per statement, as the owner, and see changes of every origin: requests, workers, SQL by hand.
"""

import hashlib
from itertools import chain
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import ForeignKey

from console.policy.change_table import BOOKKEEPING, LISTS, Part
from console.policy.row_security.row_policies import SCHOOL
from console.policy.table_statements import change_tables

PREFIX = "row_change"
FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
{update}
    ELSE
{other}
    END IF;
    RETURN NULL;
END $$
"""
INSERT = """
        INSERT INTO policy_rowchange (enterprise_id, model, row_id, transaction_id, at)
            SELECT DISTINCT {school}, '{label}', {row}, pg_current_xact_id()::text::bigint,
                statement_timestamp()
            FROM {rows} c {joins} WHERE {school} IS NOT NULL AND {row} IS NOT NULL;
"""
#: The rows of an update, before and after, of which one of the columns changed. In one pass: the plan that is
#: kept may be that of an update of one row, which joins the rows before and after by nested loops.
UPDATED = """(
            SELECT * FROM (
                SELECT *, min(_value) OVER of_row IS DISTINCT FROM max(_value) OVER of_row AS _differs
                FROM (SELECT n.*, ({value})::text AS _value FROM new_rows n
                    UNION ALL SELECT n.*, ({value})::text FROM old_rows n) written
                WINDOW of_row AS (PARTITION BY {key})
            ) compared WHERE _differs
        )"""
EVENTS = {
    "insert": ("INSERT", "NEW TABLE AS new_rows"),
    "update": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    "delete": ("DELETE", "OLD TABLE AS new_rows"),
}


def install_change_triggers(using: str = "default", **kwargs: Any) -> None:
    """Install the triggers if they are missing or outdated. Do nothing until all tables are migrated."""
    sources = _sources()
    with connections[using].cursor() as cursor:
        if not _required_columns(sources) <= _existing_columns(cursor):
            return
        statements = {model._meta.db_table: _statements(model, parts) for model, parts in sources.items()}
        mark = hashlib.sha256("".join(chain(*statements.values())).encode()).hexdigest()[:24]
        cursor.execute("SELECT obj_description('policy_rowchange'::regclass, 'pg_class')")
        if cursor.fetchone()[0] == mark:
            return
    change_tables(statements | {"mark": [f"COMMENT ON TABLE policy_rowchange IS '{mark}'"]}, using)


def _sources() -> dict[Any, list[tuple[Any, Part]]]:
    """Return the models that are written, each with the lists whose rows show it."""
    sources: dict[Any, list[tuple[Any, Part]]] = {}
    for label, parts in LISTS.items():
        listed = apps.get_model(label)
        for part in (Part(label, ""), *parts):
            sources.setdefault(apps.get_model(part.model), []).append((listed, part))
    return sources


def _statements(model: Any, targets: list[tuple[Any, Part]]) -> list[str]:
    table = model._meta.db_table
    name = f"{PREFIX}_{table}"[:63]
    body = {
        event: "".join(_insert(model, listed, part, event) for listed, part in targets)
        for event in ("update", "other")
    }
    statements = [FUNCTION.format(name=name, **body)]
    for event, (verb, tables) in EVENTS.items():
        trigger = f"{PREFIX}_{event}"
        statements += [
            f"DROP TRIGGER IF EXISTS {trigger} ON {table}",
            f"CREATE TRIGGER {trigger} AFTER {verb} ON {table} REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]
    return statements


def _insert(model: Any, listed: Any, part: Part, event: str) -> str:
    """Return the statement that records the rows of one list which a write to this table changed."""
    joins, row, alias, at = [], f"c.{model._meta.pk.column}", "c", model
    for number, key in enumerate(_keys_of(model, part.path)):
        row, at = f"{alias}.{key.column}", key.related_model
        alias = f"p{number}"
        joins.append(f"JOIN {at._meta.db_table} {alias} ON {alias}.{at._meta.pk.column} = {row}")
    *through, last = _keys_to_school(listed)
    for number, key in enumerate(through):
        parent: Any = key.related_model
        joins.append(
            f"JOIN {parent._meta.db_table} s{number}"
            f" ON s{number}.{parent._meta.pk.column} = {alias}.{key.column}"
        )
        alias = f"s{number}"
    rows = _updated_rows(model, part) if event == "update" else "new_rows"
    school = f"{alias}.{last.column}"
    return INSERT.format(
        school=school, label=listed._meta.label_lower, row=row, rows=rows, joins=" ".join(joins)
    )


def _updated_rows(model: Any, part: Part) -> str:
    """Compare as JSON: a column that a later migration drops does not break the function."""
    if part.columns:
        names = [f"to_jsonb(n) -> '{model._meta.get_field(name).column}'" for name in part.columns]
        value = f"jsonb_build_array({', '.join(names)})"
    else:
        value = f"to_jsonb(n) - '{{{','.join(sorted(BOOKKEEPING))}}}'::text[]"
    return UPDATED.format(key=model._meta.pk.column, value=value)


def _keys_of(model: Any, path: str) -> list[Any]:
    keys = []
    for name in filter(None, path.split("__")):
        keys.append(model._meta.get_field(name))
        model = keys[-1].related_model
    return keys


def _keys_to_school(model: Any) -> list[Any]:
    """Return the keys from a model to its school: its own, or those by its first required key."""
    keys = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    own = [key for key in keys if key.related_model._meta.label == SCHOOL]
    if own:
        return own[:1]
    first = next(key for key in keys if not key.null)
    return [first, *_keys_to_school(first.related_model)]


def _required_columns(sources: Any) -> set[tuple[str, str]]:
    models = {*sources, apps.get_model("policy.RowChange")}
    return {(one._meta.db_table, field.column) for one in models for field in one._meta.concrete_fields}


def _existing_columns(cursor: Any) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    return set(cursor.fetchall())
