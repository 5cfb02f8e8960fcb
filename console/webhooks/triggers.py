"""The triggers that write deliveries in the transaction of a change.

A delivery is inserted for each endpoint of the school that receives the event. The triggers run as their
owner, because requests may not write to the tables of other schools, and people without rights to webhooks
change rows too.
"""

import hashlib
from typing import Any

from django.apps import apps
from django.db import connections

from console.migration_state import missing_migrations
from console.policy.table_statements import change_tables
from console.webhooks.events import EventType, all_events

#: The function whose comment says which version of the triggers is installed.
_MARK = "webhook_events"
_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO webhook_delivery (enterprise_id, endpoint_id, uid, event, object, data, lane, state, reason,
            due_at, attempts, lease_owner, fence, created_at)
        SELECT e.enterprise_id, e.id, gen_random_uuid(), '{event}', '{subject}:' || {subject_id}, {data},
            e.id || ':{subject}:' || {subject_id}, 'ready', '', now(), 0, '', 0, clock_timestamp()
        FROM webhook_endpoint e WHERE e.enterprise_id = {school} AND '{event}' = ANY (e.events);
    RETURN NULL;
END $$
"""


def install_triggers(using: str = "default", **kwargs: Any) -> None:
    """Install the triggers if they are missing or outdated. Do nothing until all tables are migrated."""
    with connections[using].cursor() as cursor:
        statements = _install_statements(cursor, using)
    change_tables(statements, using)


def _install_statements(cursor: Any, using: str) -> dict[str, list[str]]:
    """Return the statements of each table; the last one marks that all is installed."""
    cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
    existing = {row[0] for row in cursor.fetchall()}
    if "webhook_delivery" not in existing:
        return {}
    events = [
        (apps.get_model(event.model)._meta.db_table, _event_statements(event)) for event in all_events()
    ]
    text = "".join(statement for _, of_event in events for statement in of_event)
    mark = hashlib.sha256(text.encode()).hexdigest()[:24]
    cursor.execute(f"SELECT obj_description(to_regproc('{_MARK}')::oid, 'pg_proc')")
    # Conditions and fields name columns of the newest tables.
    if cursor.fetchone()[0] == mark or missing_migrations(using):
        return {}
    statements = _drop_statements(cursor)
    for table, of_event in events:
        statements.setdefault(table, []).extend(of_event)
    marker = f"CREATE OR REPLACE FUNCTION {_MARK}() RETURNS void LANGUAGE sql AS ''"
    return statements | {"mark": [marker, f"COMMENT ON FUNCTION {_MARK}() IS '{mark}'"]}


def _drop_statements(cursor: Any) -> dict[str, list[str]]:
    """Return what removes triggers of an earlier version, among them of events that no longer exist."""
    cursor.execute(
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'webhook\\_on\\_%'"
    )
    statements: dict[str, list[str]] = {}
    for name, table in cursor.fetchall():
        statements.setdefault(table, []).append(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    return statements


def _event_statements(event: EventType) -> list[str]:
    """Return the statements of one event: its function, and a trigger for each of its sources."""
    name = f"webhook_on_{event.name.replace('.', '_')}"
    data = ", ".join(f"'{key}', {field.sql}" for key, field in event.fields.items())
    function = _FUNCTION.format(
        name=name,
        event=event.name,
        subject=event.subject,
        subject_id=event.subject_id,
        school=event.school,
        data=f"jsonb_build_object({data})",
    )
    table = apps.get_model(event.model)._meta.db_table
    return [
        function,
        *(
            f"CREATE TRIGGER {name}_{number} AFTER {source.operation} ON {table} FOR EACH ROW"
            f" WHEN ({source.condition}) EXECUTE FUNCTION {name}()"
            for number, source in enumerate(event.sources)
        ),
    ]
