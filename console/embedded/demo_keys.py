"""The keys of an installation without any: generated once, in CONSOLE_DATA, readable by its owner only.

Only for the embedded database. Keys stored beside the data that they protect are right for a demo and wrong
for a school.
"""

import base64
import os
import secrets
import threading
from pathlib import Path

FILE = "keys.env"


def ensure_keys(data: Path) -> dict[str, str]:
    """Return SECRET_KEY and FIELD_KEYS of the data folder; generate them if they are missing."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / FILE
    if not path.exists():
        _write_once(path, {"SECRET_KEY": secrets.token_urlsafe(50), "FIELD_KEYS": _field_key()})
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


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
