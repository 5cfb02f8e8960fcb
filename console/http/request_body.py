"""The body of a request, read without a thread, and only as far as its sender is allowed."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings

#: Reading and writing the temporary files of bodies and responses; no database.
FILE_THREADS = ThreadPoolExecutor(4, "files")
Receive = Callable[[], Awaitable[dict[str, Any]]]
#: Larger bodies are kept on disk.
IN_MEMORY_BYTES = 1 << 18
#: A body may take GRACE_S seconds, plus one for every BYTES_A_SECOND bytes received.
GRACE_S, BYTES_A_SECOND = 10.0, 1024


class TooLarge(Exception):
    """The body is larger than allowed; what was received is kept."""


class TooSlow(Exception):
    """The body did not arrive in time; what was received is kept."""


class ClientDisconnected(Exception):
    """The sender has disconnected."""


class IncomingBody:
    """Reads the body from the server into `file`; reading can be resumed, also after a refusal."""

    def __init__(self, receive: Receive) -> None:
        folder: Any = settings.FILE_UPLOAD_TEMP_DIR
        self.file = SpooledTemporaryFile(IN_MEMORY_BYTES, dir=folder)  # noqa: SIM115 — see close
        self.size = 0
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._next: asyncio.Future[dict[str, Any]] | None = None
        self._is_whole = False

    async def read(self, most: int, within_s: float = float("inf")) -> None:
        """Read to the end. TooLarge beyond `most` bytes; TooSlow `within_s` seconds after its beginning, or
        below the rate of a slow mobile connection; ClientDisconnected."""
        while not self._is_whole:
            if self.size > most:
                raise TooLarge
            allowed_s = GRACE_S + self.size / BYTES_A_SECOND
            await self._take(await self._message(self._began + min(allowed_s, within_s)))
        if self.size > most:
            raise TooLarge
        self.file.seek(0)

    def close(self) -> None:
        if self._next:
            self._next.cancel()
        self.file.close()

    async def _message(self, until: float) -> dict[str, Any]:
        """Return the next message. After a timeout the receive is kept pending, or bytes could be lost."""
        self._next = self._next or asyncio.ensure_future(self._receive())
        await asyncio.wait([self._next], timeout=max(0.0, until - self._loop.time()))
        if not self._next.done():
            raise TooSlow
        message, self._next = self._next.result(), None
        return message

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        self._is_whole = not message.get("more_body")
        piece = message.get("body", b"")
        self.size += len(piece)
        if self.size > IN_MEMORY_BYTES:
            await self._loop.run_in_executor(FILE_THREADS, self.file.write, piece)
        else:
            self.file.write(piece)
