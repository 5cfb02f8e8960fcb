"""Virus scanning by clamd: every file is scanned before it is stored, if `VIRUS_SCANNER` is set.

check_clean(file)    ValidationError if a virus is found, the scanner is unavailable or the file is too large

Uses the INSTREAM command of clamd(8): chunks with their length, an empty chunk, then a line with the result.
"""

import logging
import socket
import struct
from contextlib import suppress
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CHUNK_BYTES = 1 << 18
MAX_REPLY_BYTES = 4096
CLEAN, FOUND, TOO_LARGE = "stream: OK", " FOUND", "INSTREAM size limit exceeded"
log = logging.getLogger(__name__)


def check_clean(file: IO[bytes]) -> None:
    """Scan a file; do nothing without a scanner. Afterwards the file is at its beginning."""
    if not settings.VIRUS_SCANNER:
        return
    file.seek(0)
    try:
        result = _scan(file)
    except OSError as error:
        result = type(error).__name__
    file.seek(0)
    if result == CLEAN:
        return
    log.warning("the virus scanner refused a file: %s", result)
    if result.endswith(FOUND):
        name = result.removeprefix("stream: ").removesuffix(FOUND)
        raise ValidationError(
            _("The virus scanner found %(name)s in this file. Do not open it.") % {"name": name},
            "virus",
        )
    if result.startswith(TOO_LARGE):
        raise ValidationError(
            _("The file is too large for the virus scanner. Contact your operator."),
            "unscanned",
        )
    raise ValidationError(
        _("The virus scanner does not respond, so files cannot be accepted. Try again in a few minutes."),
        "scanner",
    )


def is_available() -> bool:
    """Return whether the configured scanner answers."""
    try:
        with _connect(2) as scanner:
            scanner.sendall(b"zPING\0")
            return _read_reply(scanner) == "PONG"
    except OSError:
        return False


def parse_address(address: str) -> str | tuple[str, int] | None:
    """Return the socket address for `unix:/path` or `tcp://host:port`; None for anything else."""
    parts = urlsplit(address)
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return parts.path
    with suppress(ValueError):  # the port is not a number
        if parts.scheme == "tcp" and parts.hostname and parts.port and parts.path in ("", "/"):
            return parts.hostname, parts.port
    return None


def _scan(file: IO[bytes]) -> str:
    with _connect(settings.VIRUS_SCANNER_TIMEOUT_S) as scanner:
        # On an error the scanner answers and closes the connection while the file is still being sent.
        with suppress(BrokenPipeError, ConnectionResetError):
            scanner.sendall(b"zINSTREAM\0")
            while piece := file.read(CHUNK_BYTES):
                scanner.sendall(struct.pack("!L", len(piece)) + piece)
            scanner.sendall(struct.pack("!L", 0))
        return _read_reply(scanner)


def _connect(timeout_s: float) -> socket.socket:
    address = parse_address(settings.VIRUS_SCANNER)
    if isinstance(address, tuple):
        return socket.create_connection(address, timeout_s)
    scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    scanner.settimeout(timeout_s)
    try:
        scanner.connect(address or "")
    except OSError:
        scanner.close()
        raise
    return scanner


def _read_reply(scanner: socket.socket) -> str:
    reply = b""
    while (
        not reply.endswith(b"\0") and len(reply) < MAX_REPLY_BYTES and (more := scanner.recv(MAX_REPLY_BYTES))
    ):
        reply += more
    if not reply.endswith(b"\0"):
        raise ConnectionError("incomplete answer")
    return reply[:-1].decode(errors="replace").strip()
