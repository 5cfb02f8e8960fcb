"""The start of the embedded servers for every entry point: manage.py, WSGI, ASGI, Celery, the tests."""

import os
import sys
from pathlib import Path

import environ

from console.embedded.demo_keys import ensure_keys, refuse_lost_keys
from console.embedded.errors import exit_with_message
from console.embedded.holder import hold
from console.embedded.paths import data_paths


def start_servers(base: Path) -> None:
    """Start and hold the servers for which the environment has no URL; exit with a message on failure.

    `base` is the folder of manage.py, with its `.env` and the default data folder. If DATABASE_URL is unset
    the demo's keys are added to the environment too, so this must run before settings are loaded.
    """
    environ.Env.read_env(base / ".env")
    data = Path(os.environ.get("CONSOLE_DATA") or base / "var").absolute()
    database, broker = not os.environ.get("DATABASE_URL"), not os.environ.get("CELERY_BROKER_URL")
    with exit_with_message(data):
        server_paths = hold(data, database=database, broker=broker)
        if database:
            refuse_lost_keys(server_paths)
            _set_keys(data)
    if server_paths.database_dir != data_paths(data).database_dir:
        print(
            f"The database lies in {server_paths.database_dir}: its user cannot reach {data}.",
            file=sys.stderr,
        )


def _set_keys(data: Path) -> None:
    for name, value in ensure_keys(data).items():
        if not os.environ.get(name):
            os.environ[name] = value
