"""Environment variables, read once with django-environ, and the version.

`.env.example` documents each variable; `console.variables` checks them before. A `.env` file beside
`manage.py` is read; variables of the process take precedence.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

CONSOLE_DATA = Path(env.str("CONSOLE_DATA", default="") or BASE_DIR / "var").absolute()
DEBUG = env.bool("DEBUG", default=False)
AUDIT_CHECKPOINT_DIR = env.str("AUDIT_CHECKPOINT_DIR", default="")
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DATABASE_URL = env.str("DATABASE_URL", default="")
DATABASE_REPLICA_URL = env.str("DATABASE_REPLICA_URL", default="")
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")
ICLASS_BASE_URL = env.str("ICLASS_BASE_URL", default="http://127.0.0.1:9000").rstrip("/")
VENDOR_ROOMS = {"https://iclass.api.qcloud.com": "https://tedu.qcloudtrtc.com"}
ICLASS_ROOM_URL = env.str("ICLASS_ROOM_URL", default=VENDOR_ROOMS.get(ICLASS_BASE_URL, ICLASS_BASE_URL))
# Hosts whose classroom takes a user ID and an entry token in the fragment of its address, and the same as
# sources of the content policy: "Enter" is a form whose answer redirects there.
CLASSROOM_HOSTS = env.list("CLASSROOM_HOSTS", default=[])
CLASSROOM_ORIGINS = [one if "://" in one else f"https://{one}" for one in CLASSROOM_HOSTS]
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
LOG_FORMAT = env.str("LOG_FORMAT", default="plain")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
_https = PUBLIC_URL.startswith("https://")
REQUIRE_TWO_FACTOR = env.bool("REQUIRE_TWO_FACTOR", default=_https and not DEBUG)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if _https else 0)


def iclass_proxy() -> str:
    """Return HTTPS_PROXY unless the host of ICLASS_BASE_URL is in NO_PROXY or on this machine."""
    host = urlsplit(ICLASS_BASE_URL).hostname or ""
    names = [name.strip().lstrip(".") for name in env.str("NO_PROXY", default="").split(",") if name.strip()]
    direct = ("localhost", "127.0.0.1", "::1", *names)
    is_direct = "*" in direct or any(host == name or host.endswith(f".{name}") for name in direct)
    proxy: str = "" if is_direct else env.str("HTTPS_PROXY", default="")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def cookie_name(name: str) -> str:
    """Add the prefix `__Host-` under HTTPS: browsers then accept the cookie only from this host, for all
    paths and over HTTPS, so that no neighbouring host can set it."""
    return f"__Host-{name}" if _https else name


def database(url: str) -> dict[str, Any]:
    """Return what Django's setting DATABASES has for a database."""
    config: dict[str, Any] = environ.Env.db_url_config(url)
    # One persistent connection per thread: opening one per request cost 87 % of the callback rate.
    config |= {"ENGINE": "console.postgresql", "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    options = config.setdefault("OPTIONS", {})
    # Otherwise a server that accepts connections but never answers would block each caller for two minutes.
    options.setdefault("connect_timeout", 5)
    # One that vanishes without a word is noticed within seconds, not after the quarter of an hour of TCP.
    options.setdefault("tcp_user_timeout", 10_000)
    return config


def seconds(name: str, default: float) -> float:
    """Return a duration in seconds; tests set these to about one."""
    return float(env.float(name, default=default))


@cache
def version() -> str:
    """Return the version of the console, as stated in pyproject.toml only, such as `0.1.0`."""
    return str(tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
