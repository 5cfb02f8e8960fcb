"""What depends on several variables. Each rule yields whether it is broken, and the sentence."""

from collections.abc import Iterator, Mapping
from getpass import getuser
from ipaddress import ip_address
from urllib.parse import unquote

import psycopg
from environ import Env
from psycopg.conninfo import make_conninfo

from console.variables.kinds import InvalidSetting, split_url

SERVERS = {"DATABASE_URL": "PostgreSQL", "CELERY_BROKER_URL": "Redis, Valkey or RabbitMQ"}
#: Variables that name a database, and what it means to unset them.
DATABASES = {
    "DATABASE_URL": "use the embedded PostgreSQL",
    "DATABASE_REPLICA_URL": "read from the server of DATABASE_URL alone",
}
SCHEMES = ("postgres", "postgresql", "psql", "pgsql")
#: Options of Django's backend, which libpq does not know.
OPTIONS = {
    "assume_role",
    "isolation_level",
    "pool",
    "prepare_threshold",
    "server_side_binding",
    "service",
    "passfile",
}
#: PostgreSQL cuts longer names off without an error.
LONGEST_NAME = 63


def validate_combinations(variables: Mapping[str, str]) -> Iterator[InvalidSetting]:
    yield from _required_servers(variables)
    yield from _required_keys(variables)
    for name, unset in DATABASES.items():
        url = variables.get(name, "")
        if url and (parts := split_url(url)) and parts.scheme:
            if parts.scheme not in SCHEMES:
                yield InvalidSetting(
                    "E012",
                    f"{name} names a database other than PostgreSQL.",
                    f"Write postgresql://…, or unset it to {unset}.",
                )
            else:
                yield from _database_url(name, url)
    yield from _web_role(variables)


def _required_servers(variables: Mapping[str, str]) -> Iterator[InvalidSetting]:
    if not _is_production(variables.get("PUBLIC_URL", "")):
        return
    for name, server in SERVERS.items():
        if not variables.get(name):
            yield InvalidSetting(
                "E041",
                f"{name} is not set, while PUBLIC_URL is an https address that others reach.",
                f"Name your server ({server}): the embedded one is meant for a demo on one machine, and"
                " would begin with empty data.",
            )


def _required_keys(variables: Mapping[str, str]) -> Iterator[InvalidSetting]:
    if variables.get("DATABASE_URL") and not variables.get("SECRET_KEY"):
        yield InvalidSetting(
            "E040",
            "SECRET_KEY is not set, while DATABASE_URL names a server.",
            "Generate one with the command in .env.example, and keep it: it signs the sessions.",
        )


def _database_url(name: str, url: str) -> Iterator[InvalidSetting]:
    """Check the name of the database, and the options, which are libpq's."""
    config = Env.db_url_config(url)
    if not config.get("NAME") and "service" not in config.get("OPTIONS", {}):
        yield InvalidSetting(
            "E037",
            f"{name} names no database.",
            "Write it after the host: postgresql://console:PASSWORD@127.0.0.1:5432/console.",
        )
    options = {name: value for name, value in config.get("OPTIONS", {}).items() if name not in OPTIONS}
    try:
        make_conninfo("", **options)
    except psycopg.ProgrammingError as error:
        hint = "PostgreSQL's documentation lists the parameters of a connection, such as sslmode=verify-full."
        yield InvalidSetting("E037", f"{name} has a wrong option: {str(error).strip()}.", hint)


def _web_role(variables: Mapping[str, str]) -> Iterator[InvalidSetting]:
    role, url = variables.get("DATABASE_WEB_ROLE", ""), variables.get("DATABASE_URL", "")
    if not role:
        return
    parts = split_url(url) if url else None
    owner = unquote((parts.username if parts else None) or (getuser() if parts else "console"))
    if role == owner:
        yield InvalidSetting(
            "E044",
            f"DATABASE_WEB_ROLE is {role!r}, the user of the database, to whom it shows all schools.",
            f"Unset it to use {owner}_web, or name another role.",
        )
    if len(role.encode()) > LONGEST_NAME:
        yield InvalidSetting(
            "E044",
            f"DATABASE_WEB_ROLE is longer than the {LONGEST_NAME} bytes of a PostgreSQL name.",
            "Choose a shorter name.",
        )


def _is_production(public_url: str) -> bool:
    parts = split_url(public_url)
    return parts is not None and parts.scheme == "https" and not _is_loopback(parts.hostname or "localhost")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
