"""What every door of the console does first: manage.py, WSGI, ASGI, Celery, the tests."""

import os
import sys
from pathlib import Path

import environ

from console.embedded.demo_keys import ensure_keys
from console.embedded.errors import EmbeddedError
from console.embedded.holding import hold
from console.embedded.places import places


def enter(base: Path) -> None:
    """Start and hold what the environment names no address of; ends the process with a sentence on failure.

    `base` is the folder of manage.py, with its `.env` and the default data folder. Where DATABASE_URL is
    unset the demo's keys are put into the environment too, so this comes before settings load.
    """
    environ.Env.read_env(base / ".env")
    data = Path(os.environ.get("CONSOLE_DATA") or base / "var").absolute()
    database, broker = not os.environ.get("DATABASE_URL"), not os.environ.get("CELERY_BROKER_URL")
    try:
        spots = hold(data, database=database, broker=broker)
        if database:
            _set_keys(data)
    except EmbeddedError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(
            f"The data folder {data} cannot be used: {error.strerror}. Set CONSOLE_DATA to another folder."
        )
    if spots.database_dir != places(data).database_dir:
        print(f"The database lies in {spots.database_dir}: its user cannot reach {data}.", file=sys.stderr)


def _set_keys(data: Path) -> None:
    for name, value in ensure_keys(data).items():
        if not os.environ.get(name):
            os.environ[name] = value
