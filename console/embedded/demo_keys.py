"""The keys of an installation that was given none: made once, kept in CONSOLE_DATA for its owner alone.

Only where the database is the embedded one. Keys that stand beside the data they protect are right for
a demo and wrong for a school.
"""

import base64
import os
import secrets
import threading
from pathlib import Path

FILE = "keys.env"


def ensure_keys(data: Path) -> dict[str, str]:
    """SECRET_KEY and FIELD_KEYS of the data folder, made where they are missing."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / FILE
    if not path.exists():
        _write(path, {"SECRET_KEY": secrets.token_urlsafe(50), "FIELD_KEYS": _field_key()})
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _field_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _write(path: Path, keys: dict[str, str]) -> None:
    """Appear complete or not at all; of several processes that write at once the first one wins."""
    own = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in keys.items())
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
