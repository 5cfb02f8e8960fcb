"""The database role of web requests, and the installation of row-level security at the end of `migrate`."""

import hashlib
from getpass import getuser
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction

from console.policy.row_security.row_policies import RowPolicy, row_policy_for
from console.policy.row_security.table_states import broken_tables, managed_models
from console.policy.table_statements import change_tables

#: Extensions that migrations create; the CREATE right on the database is enough to add them.
EXTENSIONS = ("pg_trgm", "btree_gist")
REMEDY = (
    "Run manage.py database_roles --sql, have an administrator of the database run what it prints,"
    " then run manage.py migrate."
)
SQL_FUNCTIONS = """
CREATE OR REPLACE FUNCTION console_no_school() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RAISE EXCEPTION 'No school is set, so no row of a school can be read or written.'
        USING ERRCODE = 'insufficient_privilege',
        HINT = 'Stand in a school first: console.policy.database_scope.';
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

ROLE_STATUS = """
SELECT
    EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %(role)s),
    EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %(role)s AND (rolsuper OR rolbypassrls)),
    (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user),
    COALESCE(
        pg_has_role(current_user, (SELECT oid FROM pg_roles WHERE rolname = %(role)s), %(privilege)s), false
    ),
    COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false)
        AND (has_database_privilege(current_database(), 'CREATE')
            OR (SELECT count(*) FROM pg_extension WHERE extname = ANY(%(extensions)s)) = %(number)s)
"""


class RoleStatus(NamedTuple):
    """The rights of the database user, and the state of the web role."""

    exists: bool
    is_privileged: bool
    may_create: bool
    may_set_role: bool
    may_create_tables: bool


def web_role() -> str:
    """Return the database role of web requests."""
    return str(settings.DATABASE_WEB_ROLE)


def quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def missing_setup_sql(using: str = "default") -> str:
    """Return the SQL that an administrator has to run before `migrate`; empty if nothing is missing."""
    with connections[using].cursor() as cursor:
        status = _role_status(cursor)
    has_role = not status.is_privileged and (status.may_set_role or status.may_create)
    return "" if status.may_create_tables and has_role else setup_sql(using)


def setup_sql(using: str = "default") -> str:
    """Return SQL that an administrator runs once for a database with an ordinary owner. It is idempotent."""
    # If the URL names no user, PostgreSQL uses that of the operating system.
    owner, name = quote_name(connections[using].settings_dict["USER"] or getuser()), quote_name(web_role())
    create_role = f"CREATE ROLE {name} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL;"
    return "\n".join(
        [
            *(f"CREATE EXTENSION IF NOT EXISTS {extension};" for extension in EXTENSIONS),
            f"GRANT USAGE, CREATE ON SCHEMA public TO {owner};",
            f"DO $$ BEGIN {create_role} END $$;",
            f"ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS;",
            f"GRANT {name} TO {owner};",
        ]
    )


def install_row_security(using: str = "default", **kwargs: Any) -> None:
    """Create the role if it is missing, and install the policy of each table that changed or lost its own.

    Do nothing on a partly migrated database, which serves no requests yet. ImproperlyConfigured if a database
    administrator has to act first.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if not _required_columns() <= _columns(cursor):
            return
        known = _installed_digests(cursor)
        if not _is_installed(cursor):
            _install_role(cursor, missing_setup_sql(using))
        broken = broken_tables(cursor, web_role())
    statements = {}
    for model in managed_models():
        rule, table = row_policy_for(model), model._meta.db_table
        digest = _policy_digest(rule)
        if known[table] != digest or table in broken:
            statements[table] = _policy_statements(table, rule, digest)
    change_tables(statements, using)


def _required_columns() -> set[tuple[str, str]]:
    return {
        (model._meta.db_table, field.column)
        for model in managed_models()
        for field in model._meta.concrete_fields
        if field.is_relation or field.primary_key
    }


def _columns(cursor: Any) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    return set(cursor.fetchall())


def _role_status(cursor: Any) -> RoleStatus:
    privilege = "SET" if cursor.connection.info.server_version >= 160000 else "MEMBER"
    needed = {"extensions": list(EXTENSIONS), "number": len(EXTENSIONS)}
    cursor.execute(ROLE_STATUS, {"role": web_role(), "privilege": privilege, **needed})
    return RoleStatus(*cursor.fetchone())


def _is_installed(cursor: Any) -> bool:
    """Return whether the role and the functions are installed in this version."""
    cursor.execute("SELECT obj_description(to_regprocedure('console_school()')::oid, 'pg_proc')")
    return bool(cursor.fetchone()[0] == _digest(SQL_FUNCTIONS)) and is_usable(cursor)


def is_usable(cursor: Any) -> bool:
    """Return whether requests can take on the role, which is not privileged, and its functions exist."""
    cursor.execute("SELECT to_regprocedure('console_school()') IS NOT NULL")
    has_functions = bool(cursor.fetchone()[0])
    status = _role_status(cursor)
    return has_functions and status.exists and status.may_set_role and not status.is_privileged


def _install_role(cursor: Any, missing: str) -> None:
    if missing:
        raise ImproperlyConfigured(f"Requests need the database role {web_role()}. {REMEDY}")
    name = quote_name(web_role())
    # Checked first: without the right to create roles, CREATE ROLE fails even if the role exists.
    if not _role_status(cursor).exists:
        cursor.execute(
            f"DO $$ BEGIN CREATE ROLE {name} NOLOGIN NOSUPERUSER NOBYPASSRLS;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    if not _role_status(cursor).may_set_role:
        cursor.execute(f"GRANT {name} TO CURRENT_USER")
    cursor.execute(f"{SQL_FUNCTIONS} COMMENT ON FUNCTION console_school() IS '{_digest(SQL_FUNCTIONS)}'")
    cursor.execute("SELECT current_schema()")
    cursor.execute(f"GRANT USAGE ON SCHEMA {quote_name(cursor.fetchone()[0])} TO {name}")


def _installed_digests(cursor: Any) -> dict[str, str]:
    """Return the existing tables, each with the digest of the policy last installed on it."""
    cursor.execute(
        "SELECT c.relname, COALESCE(d.description, '') FROM pg_class c"
        " LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'console_rule'"
        " LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_policy'::regclass"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
    )
    return dict(cursor.fetchall())


def _policy_statements(table: str, rule: RowPolicy | None, digest: str) -> list[str]:
    """Return rights and policies of a table. A table without a rule gets no rights and shows no rows."""
    name, table = quote_name(web_role()), quote_name(table)
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
    if rule and rule.extra_readable:
        statements.append(
            f"CREATE POLICY console_read ON {table} FOR SELECT TO {name} USING ({rule.extra_readable})"
        )
    return [*statements, f"COMMENT ON POLICY console_rule ON {table} IS '{digest}'"]


def _policy_digest(rule: RowPolicy | None) -> str:
    return _digest(repr((web_role(), rule)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
