"""The keys of an installation without any: generated once, in CONSOLE_DATA, readable by its owner only.

Only for the embedded database. Keys stored beside the data that they protect are right for a demo and wrong
for a school.
"""

import base64
import os
import secrets
import threading
from pathlib import Path

import psycopg

from console.embedded.errors import EmbeddedError
from console.embedded.paths import DataPaths

FILE = "keys.env"
REMEDY = (
    "and the secrets in the database are encrypted with them: restore this file from a copy, set FIELD_KEYS"
    " and SECRET_KEY, or move the whole data folder away to begin with empty data."
)


def refuse_lost_keys(server_paths: DataPaths) -> None:
    """Raise EmbeddedError if the keys are missing beside tables, whose secrets no other keys could read."""
    path = server_paths.data_dir / FILE
    if not path.exists() and not os.environ.get("FIELD_KEYS") and _has_tables(server_paths.database_url):
        raise EmbeddedError(f"The keys {path} are missing, {REMEDY}")


def ensure_keys(data: Path) -> dict[str, str]:
    """Return SECRET_KEY and FIELD_KEYS of the data folder; generate them if the file is missing."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / FILE
    if not path.exists():
        _write_once(path, {"SECRET_KEY": secrets.token_urlsafe(50), "FIELD_KEYS": _field_key()})
    lines = path.read_text(errors="replace").splitlines()
    keys = dict(line.split("=", 1) for line in lines if "=" in line)
    if not keys.get("SECRET_KEY") or not keys.get("FIELD_KEYS"):
        raise EmbeddedError(f"The keys {path} are damaged, {REMEDY}")
    return keys


def _has_tables(database_url: str) -> bool:
    """Return whether `migrate` has run, which needs the keys."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
        return bool(row and row[0])


def _field_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _write_once(path: Path, keys: dict[str, str]) -> None:
    """Write the file atomically; of several processes that write at once the first one wins."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in keys.items())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
