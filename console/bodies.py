"""The body of a request is let go of with its answer.

A request that asked for its person refers to itself, so it lies about until the collector comes, and with it
what the server read ahead of its body: a megabyte each. The pieces of a file of 1 GB held sixty so.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Protocol

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Readable(Protocol):
    """What WSGI servers call `wsgi.input`."""

    def read(self, size: int = -1, /) -> bytes: ...

    def readline(self, size: int = -1, /) -> bytes: ...


class Body:
    """Reads from what the server gave, until it is let go of: then it is at its end."""

    def __init__(self, given: Readable) -> None:
        self._given = given

    def read(self, size: int = -1) -> bytes:
        return self._given.read(size)

    def readline(self, size: int = -1) -> bytes:
        return self._given.readline(size)

    def let_go(self) -> None:
        self._given = BytesIO()


def let_go_of_bodies(application: Application) -> Application:
    """The application, whose requests keep nothing of their bodies once it has answered."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"] = Body(environ["wsgi.input"])
        try:
            return application(environ, start_response)
        finally:
            body.let_go()

    return answer
