"""The role of the web in the database, and the laying of row-level security. Runs at the end of `migrate`."""

import hashlib
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction

from console.policy.rows.whose import Rule, rule_of

FUNCTIONS = """
CREATE OR REPLACE FUNCTION console_no_school() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RAISE EXCEPTION 'No school is set, so no row of a school can be read or written.'
        USING ERRCODE = 'insufficient_privilege',
        HINT = 'Stand in a school first: console.policy.scope.';
END $$;
CREATE OR REPLACE FUNCTION console_school() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT COALESCE(NULLIF(current_setting('console.school', true), '')::bigint, console_no_school())
$$;
CREATE OR REPLACE FUNCTION console_user() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT NULLIF(current_setting('console.user', true), '')::bigint
$$;
CREATE OR REPLACE FUNCTION console_operator() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT COALESCE(current_setting('console.operator', true), '') = 'on'
$$;
CREATE OR REPLACE FUNCTION console_acted_here(who bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
    SELECT EXISTS (SELECT 1 FROM audit_auditentry WHERE actor_id = who AND enterprise_id = console_school())
$$;
"""

STANDING = """
SELECT
    EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %(role)s),
    EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %(role)s AND (rolsuper OR rolbypassrls)),
    (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user),
    COALESCE(
        pg_has_role(current_user, (SELECT oid FROM pg_roles WHERE rolname = %(role)s), %(taking)s), false
    ),
    current_user
"""


class Position(NamedTuple):
    """How our user of the database stands to the role of the web."""

    there: bool
    mighty: bool
    may_create: bool
    may_take: bool
    user: str


def role() -> str:
    """The role that requests take on."""
    return str(settings.DATABASE_WEB_ROLE)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def wanting(using: str = "default") -> str:
    """What the database's administrator has to run before `migrate`; empty where nothing is wanting."""
    with connections[using].cursor() as cursor:
        at = _position(cursor)
    if at.mighty:
        return f"ALTER ROLE {quoted(role())} NOSUPERUSER NOBYPASSRLS;"
    if at.may_take or at.may_create:
        return ""
    grant = f"GRANT {quoted(role())} TO {quoted(at.user)};"
    return grant if at.there else f"CREATE ROLE {quoted(role())} NOLOGIN; {grant}"


def lay(using: str = "default", **kwargs: Any) -> None:
    """Make the role where it is missing, and give each table its rule; what stands already is left alone.

    Half migrated, a database serves no requests: then this waits for the rest. ImproperlyConfigured where an
    administrator of the database has to act first.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if not _wanted_columns() <= _columns(cursor):
            return
        known = _marks(cursor)
        if not _is_laid(cursor):
            _lay_role(cursor, wanting(using))
        for model in _models():
            rule, table = rule_of(model), model._meta.db_table
            wanted = _mark(rule)
            if known[table] != wanted:
                _lay_one(cursor, table, rule, wanted)


def _models() -> list[Any]:
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def _wanted_columns() -> set[tuple[str, str]]:
    return {
        (model._meta.db_table, field.column)
        for model in _models()
        for field in model._meta.concrete_fields
        if field.is_relation or field.primary_key
    }


def _columns(cursor: Any) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    return set(cursor.fetchall())


def _position(cursor: Any) -> Position:
    taking = "SET" if cursor.connection.info.server_version >= 160000 else "MEMBER"
    cursor.execute(STANDING, {"role": role(), "taking": taking})
    return Position(*cursor.fetchone())


def _is_laid(cursor: Any) -> bool:
    """Whether role and functions are there as this version wants them."""
    cursor.execute("SELECT obj_description(to_regprocedure('console_school()')::oid, 'pg_proc')")
    laid = cursor.fetchone()[0] == _digest(FUNCTIONS)
    at = _position(cursor)
    return laid and at.there and at.may_take and not at.mighty


def _lay_role(cursor: Any, missing: str) -> None:
    if missing:
        raise ImproperlyConfigured(f"An administrator of the database has to run: {missing}")
    name = quoted(role())
    cursor.execute(
        f"DO $$ BEGIN CREATE ROLE {name} NOLOGIN NOSUPERUSER NOBYPASSRLS;"
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    if not _position(cursor).may_take:
        cursor.execute(f"GRANT {name} TO CURRENT_USER")
    cursor.execute(f"{FUNCTIONS} COMMENT ON FUNCTION console_school() IS '{_digest(FUNCTIONS)}'")
    cursor.execute("SELECT current_schema()")
    cursor.execute(f"GRANT USAGE ON SCHEMA {quoted(cursor.fetchone()[0])} TO {name}")


def _marks(cursor: Any) -> dict[str, str]:
    """The tables that are there, each with the mark of the rule that was laid on it last."""
    cursor.execute(
        "SELECT c.relname, COALESCE(d.description, '') FROM pg_class c"
        " LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'console_rule'"
        " LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_policy'::regclass"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
    )
    return dict(cursor.fetchall())


def _lay_one(cursor: Any, table: str, rule: Rule | None, mark: str) -> None:
    """Rights and policies of one table. One without a rule is shut: no rights, and a policy of no rows."""
    name, table = quoted(role()), quoted(table)
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM {name}",
        f"DROP POLICY IF EXISTS console_rule ON {table}",
        f"DROP POLICY IF EXISTS console_read ON {table}",
    ]
    rows = (rule.rows or "true") if rule else "false"
    written = (rule.written or rows) if rule else "false"
    if rule:
        statements.append(f"GRANT {rule.rights} ON {table} TO {name}")
    statements.append(
        f"CREATE POLICY console_rule ON {table} TO {name} USING ({rows}) WITH CHECK ({written})"
    )
    if rule and rule.read_besides:
        statements.append(
            f"CREATE POLICY console_read ON {table} FOR SELECT TO {name} USING ({rule.read_besides})"
        )
    statements.append(f"COMMENT ON POLICY console_rule ON {table} IS '{mark}'")
    cursor.execute("; ".join(statements))


def _mark(rule: Rule | None) -> str:
    return _digest(repr((role(), rule)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
