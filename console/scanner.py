"""A scanner for viruses, clamd, which is shown every file before it is kept, where `VIRUS_SCANNER` names one.

check_clean(file)    ValidationError where it finds something, does not answer, or takes no file as large

The command is INSTREAM of clamd(8): pieces with their length, one of none, then a line with what was found.
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

PIECE = 1 << 18
LONGEST_ANSWER = 4096
CLEAN, FOUND, TOO_LARGE = "stream: OK", " FOUND", "INSTREAM size limit exceeded"
log = logging.getLogger(__name__)


def check_clean(file: IO[bytes]) -> None:
    """Nothing where no scanner is set up. Afterwards the file is at its beginning."""
    if not settings.VIRUS_SCANNER:
        return
    file.seek(0)
    try:
        said = _asked(file)
    except OSError as error:
        said = type(error).__name__
    file.seek(0)
    if said == CLEAN:
        return
    log.warning("the scanner for viruses refused a file: %s", said)
    if said.endswith(FOUND):
        name = said.removeprefix("stream: ").removesuffix(FOUND)
        raise ValidationError(
            _("The scanner for viruses found %(name)s in this file. Do not open it elsewhere either.")
            % {"name": name},
            "virus",
        )
    if said.startswith(TOO_LARGE):
        raise ValidationError(
            _("The scanner for viruses takes no file as large as this. Ask whoever runs the console."),
            "unscanned",
        )
    raise ValidationError(
        _("The scanner for viruses does not answer, so no file is taken in. Try again in some minutes."),
        "scanner",
    )


def answers() -> bool:
    """Whether the scanner that is set up is there."""
    try:
        with _connected(2) as scanner:
            scanner.sendall(b"zPING\0")
            return _line(scanner) == "PONG"
    except OSError:
        return False


def place(address: str) -> str | tuple[str, int] | None:
    """What a socket connects to for `unix:/path` or `tcp://host:port`; None for anything else."""
    parts = urlsplit(address)
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return parts.path
    with suppress(ValueError):  # a port that is no number
        if parts.scheme == "tcp" and parts.hostname and parts.port and parts.path in ("", "/"):
            return parts.hostname, parts.port
    return None


def _asked(file: IO[bytes]) -> str:
    with _connected(settings.VIRUS_SCANNER_TIMEOUT_S) as scanner:
        # One that has heard enough says so and hangs up while we are still talking.
        with suppress(BrokenPipeError, ConnectionResetError):
            scanner.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                scanner.sendall(struct.pack("!L", len(piece)) + piece)
            scanner.sendall(struct.pack("!L", 0))
        return _line(scanner)


def _connected(timeout_s: float) -> socket.socket:
    where = place(settings.VIRUS_SCANNER)
    if isinstance(where, tuple):
        return socket.create_connection(where, timeout_s)
    scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    scanner.settimeout(timeout_s)
    try:
        scanner.connect(where or "")
    except OSError:
        scanner.close()
        raise
    return scanner


def _line(scanner: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER and (more := scanner.recv(LONGEST_ANSWER)):
        said += more
    if not said.endswith(b"\0"):
        raise ConnectionError("an answer without its end")
    return said[:-1].decode(errors="replace").strip()
