"""Send prepared requests over keep-alive connections as fast as they are answered."""

import asyncio
import time
from collections.abc import Iterator


def request(path: str, body: bytes, **headers: str) -> bytes:
    """Return the bytes of a POST request."""
    fields = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **headers,
    }
    lines = [
        f"POST {path} HTTP/1.1",
        *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def blast(port: int, requests: list[bytes], connections: int = 16) -> float:
    """Send all requests, sequentially on each of so many connections; return the elapsed seconds.

    RuntimeError if a response is not 200.
    """
    return asyncio.run(_blast(port, iter(requests), connections))


async def _blast(port: int, requests: Iterator[bytes], connections: int) -> float:
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    began = time.perf_counter()
    await asyncio.gather(*(_send_all(reader, writer, requests) for reader, writer in streams))
    took = time.perf_counter() - began
    for _, writer in streams:
        writer.close()
    return took


async def _send_all(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Iterator[bytes]
) -> None:
    for request_bytes in requests:
        writer.write(request_bytes)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head.decode())
        length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
        if length:
            await reader.readexactly(int(length))
        else:  # chunked; only short responses are
            while not (await reader.readuntil(b"\r\n")).startswith(b"0\r\n"):
                pass
            await reader.readuntil(b"\r\n")
