"""The ASGI application around the WSGI one: slow clients cost memory and a connection, never a thread.

The event loop reads the whole body before a thread handles the request. The thread produces the response at
full speed, and the event loop sends it. The body of an anonymous sender is left unread, unless the view
admits it: Django then sees an empty one. A rejected body (too large, too slow, too many of one sender, no
turn in time) is passed to Django as `console.refused_body`, for which `RejectedBodyMiddleware` responds.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from typing import Any
from weakref import WeakValueDictionary

from console.http.admission import (
    NO_TURN,
    PROMPT_BODY_S,
    SCHOOL_THREADS,
    SMALL_BODY_BYTES,
    TURN_S,
    UNREAD_BODY_THREADS,
    RequestLimits,
    accepts_anonymous_body,
    get_credential,
    has_valid_credential,
    is_upload,
    limits_for,
    school_of_sender,
)
from console.http.request_body import ClientDisconnected, IncomingBody, Receive, TooLarge, TooSlow
from console.http.response import Send, WsgiApplication, buffer_response, send_response
from console.http.wsgi_environ import build_environ

#: Large or slow bodies that one sender may have in progress.
MAX_BODIES_PER_SENDER = 16
TOO_SLOW, TOO_LARGE, TOO_MANY = 408, 413, 429


class TooManyBodies(Exception):
    """The sender has too many large or slow bodies in progress."""


class ThreadedApplication:
    """Runs a WSGI application in the thread pools of `console.http.admission`."""

    def __init__(self, application: WsgiApplication) -> None:
        self._application = application
        self._active_bodies: Counter[str] = Counter()
        self._slots_of: WeakValueDictionary[tuple[int, str | None], asyncio.Semaphore]
        self._slots_of = WeakValueDictionary()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        environ = build_environ(scope)
        limits = limits_for(environ)
        body = IncomingBody(receive)
        try:
            is_read = await self._read(environ, body, limits)
            loop = asyncio.get_running_loop()
            async with self._turn(limits, environ, is_read) as threads:
                response = await loop.run_in_executor(threads, buffer_response, self._application, environ)
            await send_response(send, response, head=scope["method"] == "HEAD")
        except ClientDisconnected:
            return
        finally:
            body.close()

    @asynccontextmanager
    async def _turn(
        self, limits: RequestLimits, environ: dict[str, Any], is_read: bool
    ) -> AsyncIterator[ThreadPoolExecutor]:
        """Yield the threads for a request, when its school and the pool have one for it.

        After TURN_S it is refused, in the thread for unread bodies.
        """
        threads = limits.threads if is_read else UNREAD_BODY_THREADS
        async with AsyncExitStack() as held:
            if limits.slots and is_read:
                loop = asyncio.get_running_loop()
                school = await loop.run_in_executor(SCHOOL_THREADS, school_of_sender, environ)
                try:
                    async with asyncio.timeout(TURN_S):
                        for whose, number in zip((school, None), limits.slots, strict=True):
                            key = id(threads), whose
                            slots = self._slots_of.setdefault(key, asyncio.Semaphore(number))
                            await held.enter_async_context(slots)
                except TimeoutError:
                    environ["console.refused_body"] = NO_TURN
                    threads = UNREAD_BODY_THREADS
            yield threads

    async def _read(self, environ: dict[str, Any], body: IncomingBody, limits: RequestLimits) -> bool:
        """Set `wsgi.input` and the actual length. Return False if a body was left unread."""
        environ["wsgi.input"] = BytesIO()
        if environ.get("CONTENT_LENGTH", "0") == "0" and "HTTP_TRANSFER_ENCODING" not in environ:
            return True
        try:
            is_read = await self._read_allowed(environ, body, limits)
        except TooSlow:
            environ["console.refused_body"] = TOO_SLOW
        except TooManyBodies:
            environ["console.refused_body"] = TOO_MANY
        except TooLarge:
            # The upload view refuses by the declared length, with its own message.
            if not is_upload(environ):
                environ["console.refused_body"] = TOO_LARGE
        else:
            environ["CONTENT_LENGTH"] = str(body.size if is_read else 0)
            environ["wsgi.input"] = body.file if is_read else BytesIO()
            return is_read
        return False

    async def _read_allowed(self, environ: dict[str, Any], body: IncomingBody, limits: RequestLimits) -> bool:
        """Return whether the body was read. TooLarge, TooSlow, TooManyBodies, ClientDisconnected."""
        declared = _content_length(environ)
        credential = "" if limits.is_open else get_credential(environ)
        if credential and declared <= SMALL_BODY_BYTES and await _arrives_promptly(body):
            return True
        is_known: bool = bool(credential) and await asyncio.get_running_loop().run_in_executor(
            UNREAD_BODY_THREADS, has_valid_credential, environ
        )
        if is_known:
            async with self._slot(credential):
                await _read_whole(body, declared, limits.most)
            return True
        if limits.is_open or accepts_anonymous_body(environ):
            await _read_whole(body, declared, limits.most if limits.is_open else SMALL_BODY_BYTES)
            return True
        return False

    @asynccontextmanager
    async def _slot(self, credential: str) -> AsyncIterator[None]:
        """Take one of the sender's slots for bodies in progress. TooManyBodies if none is free."""
        if self._active_bodies[credential] >= MAX_BODIES_PER_SENDER:
            raise TooManyBodies
        self._active_bodies[credential] += 1
        try:
            yield
        finally:
            self._active_bodies[credential] -= 1
            self._active_bodies += Counter()  # removes counts of zero


async def _arrives_promptly(body: IncomingBody) -> bool:
    try:
        await body.read(SMALL_BODY_BYTES, PROMPT_BODY_S)
    except (TooLarge, TooSlow):
        return False
    return True


async def _read_whole(body: IncomingBody, declared: int, most: int) -> None:
    if declared > most:
        raise TooLarge
    await body.read(most)


def _content_length(environ: dict[str, Any]) -> int:
    """Return the declared length; 0 for a chunked body. The server has already rejected non-numbers."""
    return int(environ.get("CONTENT_LENGTH") or 0)
