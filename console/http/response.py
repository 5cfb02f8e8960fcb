"""Responses: produced by a thread at full speed, sent at the speed of the client.

The connection of a client that reads nothing for SEND_TIMEOUT_S seconds is closed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from django.conf import settings

from console.http.request_body import FILE_THREADS

Send = Callable[[dict[str, Any]], Awaitable[None]]
WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
#: Larger responses are kept on disk.
IN_MEMORY_BYTES = 1 << 19
CHUNK_BYTES = 1 << 16
SEND_TIMEOUT_S = 30


class WsgiFile:
    """`wsgi.file_wrapper`: a file that is read while it is being sent."""

    def __init__(self, file: IO[bytes], block_size: int = 0) -> None:
        self.file = file


class BufferedResponse(NamedTuple):
    """Status, headers in ASGI form, and the content, in memory or in a file."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes
    file: IO[bytes] | None


def buffer_response(application: WsgiApplication, environ: dict[str, Any]) -> BufferedResponse:
    """Return the whole response, read in this thread: producing it may hold a transaction open."""
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        packed = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        begun[:] = int(status[:3]), packed

    chunks = application(environ, start_response)
    if isinstance(chunks, WsgiFile):
        return BufferedResponse(begun[0], begun[1], content=b"", file=chunks.file)
    try:
        content, file = _collect(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return BufferedResponse(begun[0], begun[1], content=content, file=file)


def _collect(chunks: Iterable[bytes]) -> tuple[bytes, IO[bytes] | None]:
    kept: list[bytes] = []
    size, file = 0, None
    for chunk in chunks:
        kept.append(chunk)
        size += len(chunk)
        if size > IN_MEMORY_BYTES:
            folder = settings.FILE_UPLOAD_TEMP_DIR
            file = file or TemporaryFile(dir=folder)  # noqa: SIM115 — closed when it is sent
            file.writelines(kept)
            kept.clear()
    if file:
        file.seek(0)
    return b"".join(kept), file


async def send_response(send: Send, response: BufferedResponse, *, head: bool) -> None:
    """Send a response. TimeoutError if the client stops reading; the server then closes the connection."""
    try:
        await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
        if response.file and not head:
            await _send_file(send, response.file)
        await send({"type": "http.response.body", "body": b"" if head else response.content})
    finally:
        if response.file:
            await asyncio.get_running_loop().run_in_executor(FILE_THREADS, response.file.close)


async def _send_file(send: Send, file: IO[bytes]) -> None:
    loop = asyncio.get_running_loop()
    while piece := await loop.run_in_executor(FILE_THREADS, file.read, CHUNK_BYTES):
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
