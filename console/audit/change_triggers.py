"""Database triggers that record changes made without an audit entry.

At the end of a transaction, triggers on these tables check whether it wrote an audit entry. If it did not
(manual SQL, a shell, `QuerySet.update`), the database writes an entry "row.changed" with the row, the columns
and the database user. It holds no values, because they may be personal data.

Each app registers its models in `AppConfig.ready()` or in a module that it imports:
    register_watched_columns("classes.Term", ("name", "starts_on", "ends_on"))
"""

import hashlib
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connections

from console.policy.table_statements import change_tables

ACTION = "row.changed"
TRIGGER_PREFIX = "audit_net"

TRIGGER_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_net() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    is_ jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    the jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    names jsonb;
    school bigint;
BEGIN
    IF current_setting('console.audited', true) = pg_current_xact_id()::text THEN
        RETURN NULL;
    END IF;
    SELECT COALESCE(jsonb_agg(name ORDER BY name), '[]') INTO names
        FROM unnest(string_to_array(TG_ARGV[1], ',')) AS name WHERE was -> name IS DISTINCT FROM is_ -> name;
    school := CASE WHEN TG_ARGV[0] = 'accounts.enterprise' THEN the ->> 'id' ELSE the ->> 'enterprise_id' END;
    INSERT INTO audit_auditentry (enterprise_id, actor_label, action, object_type, object_id, object_label,
            after, reason, request_id, address, looks, at)
        VALUES (CASE WHEN EXISTS (SELECT 1 FROM accounts_enterprise WHERE id = school) THEN school END,
            left('database: ' || session_user, 120), '%s', TG_ARGV[0], the ->> 'id', '',
            jsonb_build_object('how', lower(TG_OP), 'columns', names), '', '',
            COALESCE(host(inet_client_addr()), ''), false, clock_timestamp());
    RETURN NULL;
END $$;
"""


class WatchedModel(NamedTuple):
    """Columns whose changes are recorded, and the SQL condition of recorded inserts (empty: none)."""

    columns: tuple[str, ...]
    recorded_inserts: str


_watched_models: dict[str, WatchedModel] = {}


def register_watched_columns(model_label: str, columns: Sequence[str], *, recorded_inserts: str = "") -> None:
    """Register the fields of a model ("classes.Term") whose changes are recorded; deletions always are.

    Inserts for which the SQL condition `recorded_inserts` is true are recorded too: give one only where no
    automatic process makes such rows. Many-to-many fields have no column; their rows are in another table.
    """
    _watched_models[model_label.lower()] = WatchedModel(tuple(columns), recorded_inserts)


def watched_models() -> dict[str, WatchedModel]:
    """Return what is watched by model label in lower case, ordered by label."""
    return dict(sorted(_watched_models.items()))


def install_triggers(using: str = "default", **kwargs: Any) -> None:
    """Install the triggers if they are missing or outdated. Do nothing until all tables are migrated."""
    with connections[using].cursor() as cursor:
        statements = _install_statements(cursor)
    change_tables(statements, using)


def _install_statements(cursor: Any) -> dict[str, list[str]]:
    """Return the statements of each table; none if the triggers are up to date or a table is not migrated.

    The first one replaces the function, the last one marks that all is installed.
    """
    required, triggers = {("audit_auditentry", "address")}, dict[str, list[str]]()
    for label, watched in watched_models().items():
        meta = apps.get_model(label)._meta
        columns = [meta.get_field(name).column for name in watched.columns]
        required |= {(meta.db_table, column) for column in columns}
        triggers[meta.db_table] = _trigger_statements(meta.db_table, label, columns, watched.recorded_inserts)
    if not required <= _existing_columns(cursor):
        return {}
    statements = {"": [TRIGGER_FUNCTION.replace("%s", ACTION)], **triggers}
    mark = hashlib.sha256("".join(chain(*statements.values())).encode()).hexdigest()[:24]
    cursor.execute("SELECT obj_description(to_regproc('audit_net')::oid, 'pg_proc')")
    if cursor.fetchone()[0] == mark:
        return {}
    return statements | {"mark": [f"COMMENT ON FUNCTION audit_net() IS '{mark}'"]}


def _existing_columns(cursor: Any) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    return set(cursor.fetchall())


def _trigger_statements(table: str, label: str, columns: list[str], recorded_inserts: str) -> list[str]:
    """Return the statements for one table. Triggers are deferred until the service has written its entry."""
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
    call = f"FOR EACH ROW %s EXECUTE FUNCTION audit_net('{label}', '{','.join(columns)}')"
    triggers = {
        f"{TRIGGER_PREFIX}_change": ("UPDATE", f"WHEN ({changed})"),
        f"{TRIGGER_PREFIX}_delete": ("DELETE", ""),
    }
    if recorded_inserts:
        triggers[f"{TRIGGER_PREFIX}_insert"] = ("INSERT", f"WHEN ({recorded_inserts})")
    return [
        statement
        for name, (event, when) in triggers.items()
        for statement in (
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED "
            + call.replace("%s", when),
        )
    ]
