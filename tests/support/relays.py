"""What stands between a console and the service: a proxy that knows CONNECT alone, and HTTPS in front.

    python -m tests.support.relays proxy
    python -m tests.support.relays https HOST:PORT CERTIFICATE KEY

Each prints its port and runs until it is ended; the proxy prints each host that it connects to.
"""

import asyncio
import contextlib
import ssl
import sys

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


async def relay(reader: Reader, writer: Writer) -> None:
    """Hand on bytes until one side ends."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def join(reader: Reader, writer: Writer, host: str, port: int) -> None:
    there, answers = await asyncio.open_connection(host, port)
    await asyncio.gather(relay(reader, answers), relay(there, writer))


async def connect(reader: Reader, writer: Writer) -> None:
    """One client of the proxy; whoever does not say CONNECT is refused."""
    method, target, _ = (await reader.readline()).decode().split(" ")
    while (await reader.readline()).strip():
        pass
    if method != "CONNECT":
        writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        return
    print(f"connected {target}", flush=True)
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    host, _, port = target.rpartition(":")
    await join(reader, writer, host, int(port))


async def serve(kind: str, arguments: list[str]) -> None:
    context = None
    if kind == "https":
        host, _, port = arguments[0].rpartition(":")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments[1], arguments[2])

    async def client(reader: Reader, writer: Writer) -> None:
        if kind == "https":
            await join(reader, writer, host, int(port))
        else:
            await connect(reader, writer)

    server = await asyncio.start_server(client, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2:]))
