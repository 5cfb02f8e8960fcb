"""The WSGI environment (PEP 3333) of an ASGI request."""

import sys
from typing import Any
from urllib.parse import unquote_to_bytes

from console.http.response import WsgiFile

Environ = dict[str, Any]
_UNPREFIXED_HEADERS = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def build_environ(scope: dict[str, Any]) -> Environ:
    """Return the environment, except `wsgi.input`."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"].partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": WsgiFile,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name, value.decode("latin-1"))
    return environ


def _add_header(environ: Environ, name: bytes, value: str) -> None:
    # X_Forwarded_For would map to the same variable as X-Forwarded-For, which only a trusted proxy may set.
    if b"_" in name:
        return
    variable = _UNPREFIXED_HEADERS.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
    separator = "; " if name == b"cookie" else ","
    environ[variable] = f"{environ[variable]}{separator}{value}" if variable in environ else value
