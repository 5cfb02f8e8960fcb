"""How a response is sent: whoever takes nothing for SEND_TIMEOUT_S seconds is cut off, the slow are not."""

import asyncio
import contextlib
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any

import pytest

from console.http.response import CHUNK_BYTES, SEND_TIMEOUT_S, BufferedResponse, send_response

#: Three pieces, so that the seconds of all of them together are more than those of one.
LENGTH = 3 * CHUNK_BYTES


class MovedClock(asyncio.SelectorEventLoop):
    """An event loop whose time goes on when a test says so, and by itself."""

    ahead_s = 0.0

    def time(self) -> float:
        return super().time() + self.ahead_s


class Reader:
    """A client that takes each piece `after_s` seconds after it was offered."""

    def __init__(self, loop: MovedClock, after_s: float) -> None:
        self.loop, self.after_s, self.taken = loop, after_s, 0

    async def take(self, message: dict[str, Any]) -> None:
        if message.get("body"):
            self.loop.ahead_s += self.after_s
            await asyncio.sleep(0.01)
            self.taken += len(message["body"])


def read_slowly(after_s: float, *, ended: Callable[[Any], Any]) -> int:
    """The bytes that a reader gets who takes a piece after so many seconds."""
    loop = MovedClock()
    with TemporaryFile() as file:
        file.write(b"x" * LENGTH)
        file.seek(0)
        response, reader = BufferedResponse(200, [], content=b"", file=file), Reader(loop, after_s)
        try:
            with ended(TimeoutError):
                loop.run_until_complete(send_response(reader.take, response, head=False))
        finally:
            loop.close()
        assert file.closed
    return reader.taken


def test_a_reader_who_takes_nothing_is_cut_off() -> None:
    assert read_slowly(SEND_TIMEOUT_S + 1, ended=pytest.raises) == 0


def test_a_slow_reader_gets_the_whole_file() -> None:
    assert read_slowly(SEND_TIMEOUT_S - 1, ended=lambda _: contextlib.nullcontext()) == LENGTH
