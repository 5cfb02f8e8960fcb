import asyncio
from contextlib import closing

import pytest

from console.http.request_body import IN_MEMORY_BYTES, ClientDisconnected, IncomingBody, TooLarge, TooSlow


class Sender:
    """Sends each piece so many seconds after the one before."""

    def __init__(self, *pieces: bytes, pause_s: float = 0.0) -> None:
        self.pieces, self.pause_s = list(pieces), pause_s

    async def receive(self) -> dict[str, object]:
        await asyncio.sleep(self.pause_s)
        if not self.pieces:
            return {"type": "http.disconnect"}
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}


def test_a_body_is_read_to_its_end() -> None:
    async def read() -> tuple[int, bytes]:
        body = IncomingBody(Sender(b"a" * IN_MEMORY_BYTES, b"b").receive)
        with closing(body):
            await body.read(IN_MEMORY_BYTES + 1)
            return body.size, body.file.read()[-2:]

    assert asyncio.run(read()) == (IN_MEMORY_BYTES + 1, b"ab")


@pytest.mark.parametrize("pieces", [(b"abc", b"d", b"e"), (b"abcd",)])
def test_what_is_too_large_is_refused(pieces: tuple[bytes, ...]) -> None:
    async def read() -> None:
        with closing(IncomingBody(Sender(*pieces).receive)) as body:
            await body.read(3)

    with pytest.raises(TooLarge):
        asyncio.run(read())


def test_reading_goes_on_after_it_was_too_slow_and_no_byte_is_lost() -> None:
    async def read() -> bytes:
        body = IncomingBody(Sender(b"a", b"b", b"c", pause_s=0.1).receive)
        with closing(body):
            with pytest.raises(TooSlow):
                await body.read(10, within_s=0.15)
            await body.read(10)
            return body.file.read()

    assert asyncio.run(read()) == b"abc"


def test_a_sender_who_is_gone_is_noticed() -> None:
    async def read() -> None:
        with closing(IncomingBody(Sender().receive)) as body:
            await body.read(10)

    with pytest.raises(ClientDisconnected):
        asyncio.run(read())
