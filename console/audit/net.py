"""The net beneath the services: a change of what people edit that no act stands for leaves an entry, too.

Triggers on these tables look, when a transaction ends, whether it wrote anything on the trail. If it did not
(SQL by hand, a shell, a queryset's `update`), the database writes an entry "row.changed": which row, which
columns, which user of the database; no values, for those may be a person's own.
"""

import hashlib
from typing import Any

from django.apps import apps
from django.db import connections, transaction

#: What stands on the trail when somebody changes it: model and columns. An insert counts only where a machine
#: never makes one. Groups' people are rows of their own.
WATCHED: dict[str, tuple[str, ...]] = {
    "accounts.Enterprise": (
        *("name", "sdkappid", "tic_key", "contact_user", "phone_no", "e_mail", "call_back_url", "zone"),
        *("late_after_s", "early_leave_s", "present_share"),
    ),
    "accounts.User": (
        *("user_id", "login", "role", "nickname", "gender", "avatar", "phone_no", "e_mail"),
        *("password", "is_active", "is_superuser"),
    ),
    "accounts.StudentGroup": ("name", "teacher", "archived_at"),
    "classes.Course": (
        *("title", "teacher", "class_type", "term", "starts_local", "duration_minutes", "rrule", "skip"),
    ),
    "classes.Lesson": (
        "topic",
        "teacher",
        "starts_at",
        "ends_at",
        "class_type",
        "record_types",
        "cancelled_at",
        "conflict_allowed",
    ),
    "classes.Term": ("name", "starts_on", "ends_on"),
    "classes.Holiday": ("name", "term", "starts_on", "ends_on"),
    "documents.Document": ("owner", "name", "permission", "deleted_at"),
}
ACTION = "row.changed"
PREFIX = "audit_net"

FUNCTION = """
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


def lay(using: str = "default", **kwargs: Any) -> None:
    """Lay the triggers where they are missing or of another version; half migrated, wait for the rest."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for statement in _statements(cursor):
            cursor.execute(statement)


def _statements(cursor: Any) -> list[str]:
    models = {label: apps.get_model(label) for label in WATCHED}
    columns = _columns(cursor)
    wanted = {
        model._meta.db_table: [model._meta.get_field(name).column for name in WATCHED[label]]
        for label, model in models.items()
    }
    known = {(table, column) for table, names in wanted.items() for column in names}
    if not known | {("audit_auditentry", "address")} <= columns:
        return []
    types = {model._meta.db_table: model._meta.label_lower for model in models.values()}
    function = FUNCTION.replace("%s", ACTION)
    mark = hashlib.sha256(f"{function}{wanted}".encode()).hexdigest()[:24]
    cursor.execute("SELECT obj_description(to_regproc('audit_net')::oid, 'pg_proc')")
    if cursor.fetchone()[0] == mark:
        return []
    laid = [function]
    for table, names in wanted.items():
        laid += _triggers(table, types[table], names)
    return [*laid, f"COMMENT ON FUNCTION audit_net() IS '{mark}'"]


def _columns(cursor: Any) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    return set(cursor.fetchall())


def _triggers(table: str, label: str, columns: list[str]) -> list[str]:
    """Deferred to the end of the transaction, by when the service has written what it did."""
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
    call = f"FOR EACH ROW %s EXECUTE FUNCTION audit_net('{label}', '{','.join(columns)}')"
    kept = {f"{PREFIX}_change": ("UPDATE", f"WHEN ({changed})"), f"{PREFIX}_delete": ("DELETE", "")}
    if table == "accounts_user":  # no machine makes one who may sign in or run things
        mighty = "NEW.is_superuser OR left(NEW.password, 1) NOT IN ('', '!')"
        kept[f"{PREFIX}_insert"] = ("INSERT", f"WHEN ({mighty})")
    return [
        statement
        for name, (event, when) in kept.items()
        for statement in (
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED "
            + call.replace("%s", when),
        )
    ]
