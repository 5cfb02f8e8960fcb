"""A small HTTP service between the console and the local iclass service that spoils answers on their way.

    with mutator(iclass.url, dice, share=0.7) as between:
        settings.ICLASS_BASE_URL = between.url
        …
        between.share = 0          # from here on everything passes as it is
        between.spoilt             # how many answers were spoilt so far; `by_way` how

Ids of other things that exist come from the answers that passed before, and from what `known` is told.
"""

import copy
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import requests

from tests.faults.sizes import deal

HUGE = (10**30, 2**63, -(2**63) - 1, 1e308, 99_999_999_999_999, -1)
ODD: tuple[Any, ...] = (None, True, "", "x" * 5000, [], {}, 0, 3.5, "-", [[]], {"a": {}}, "\u0000")
IDS = ("class_id", "doc_id", "user_id", "enterprise_id")
#: Bytes that are to leave, and whether the connection is then cut before the promised length.
MutatedAnswer = tuple[bytes, bool]
Mutation = Callable[["MutatingProxy", dict[str, Any], bytes], MutatedAnswer]


def flip(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """Up to three bits turned."""
    spoilt = bytearray(body)
    for _ in range(mutator.dice.randint(1, 3)):
        spoilt[mutator.dice.randrange(len(spoilt))] ^= 1 << mutator.dice.randrange(8)
    return bytes(spoilt), False


def truncate(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """Cut off somewhere, with its length told rightly or wrongly."""
    return body[: mutator.dice.randrange(len(body))], mutator.dice.random() < 0.5


def retype(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """A field of another type."""
    return _changed(mutator, answer, lambda value: mutator.dice.choice(ODD))


def enlarge(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """A number too large, or negative."""
    return _changed(mutator, answer, lambda value: mutator.dice.choice(HUGE))


def nest(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """A value that is nested deeper than any reader goes."""
    depth = mutator.dice.choice((50, 2000, 200_000))
    opened, closed = mutator.dice.choice((("[", "]"), ('{"a":', "}")))
    middle = "1" if opened != "[" else ""
    deep = f'{body[:-1].decode()},"deep":{opened * depth}{middle}{closed * depth}}}'
    return deep.encode(), False


def drop(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """A field missing."""
    spoilt = copy.deepcopy(answer)
    holder, name = mutator.dice.choice(list(_places(spoilt)))
    del holder[name]
    return _wire(spoilt), False


def add(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """Fields that nobody knows, one of them a list too many."""
    return _wire(answer | {"new": mutator.dice.choice(ODD), "list": answer.get("list", [{}])}), False


def swap(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """Each id replaced, wherever it stands, by the id of another thing that exists."""
    text = body.decode()
    for name in IDS:
        for value in _values(answer, name):
            others = [one for one in mutator.known[name] if one != value]
            if value not in ("", None) and others:
                text = text.replace(str(value), str(mutator.dice.choice(others)))
    return text.encode(), False


def recode(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """Another character set than the one of JSON."""
    text = json.dumps(answer | {"error_msg": "好的 é"}, ensure_ascii=False)
    return text.encode(mutator.dice.choice(("utf-16", "gbk", "utf-8-sig", "utf-32")), "replace"), False


def double(mutator: "MutatingProxy", answer: dict[str, Any], body: bytes) -> MutatedAnswer:
    """A key that stands twice, with another value before or after."""
    names = [name for name in answer if name != "error_msg"]
    name = mutator.dice.choice(names)
    others = mutator.known.get(name)
    value = mutator.dice.choice(list(others)) if others else mutator.dice.choice(ODD)
    pair = f"{json.dumps(name)}:{json.dumps(value)}"
    text = body.decode()
    doubled = f"{{{pair},{text[1:]}" if mutator.dice.random() < 0.5 else f"{text[:-1]},{pair}}}"
    return doubled.encode(), False


MUTATIONS: tuple[Mutation, ...] = (flip, truncate, retype, enlarge, nest, drop, add, swap, recode, double)


class MutatingProxy:
    """What the service between remembers.

    `share` of the answers are spoilt, in each of the ways in turn; where `only` names endpoints, those of
    others pass.
    """

    def __init__(
        self, target: str, dice: random.Random, share: float, ways: Sequence[Mutation], only: Collection[str]
    ) -> None:
        self.target, self.dice, self.share, self.only = target, dice, share, only
        self._ways = deal(dice, ways)
        self.known: dict[str, dict[Any, None]] = {name: {} for name in IDS}
        self.by_way: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.local = threading.local()
        self.url = ""

    @property
    def spoilt(self) -> int:
        return self.by_way.total()

    def ask(self, path: str, body: bytes) -> requests.Response:
        """The answer of the service behind; a session for each thread."""
        if not hasattr(self.local, "web"):
            self.local.web = requests.Session()
            self.local.web.trust_env = False
        headers = {"Content-Type": "application/json"}
        found: requests.Response = self.local.web.post(
            self.target + path, data=body, headers=headers, timeout=30
        )
        return found

    def spoil(self, endpoint: str, body: bytes) -> MutatedAnswer:
        """The body as it is to leave."""
        with self.lock:
            answer = json.loads(body)
            for name in IDS:
                self.known[name].update(dict.fromkeys(_values(answer, name)))
            passes = self.only and endpoint not in self.only
            if passes or self.dice.random() >= self.share:
                return body, False
            way = next(self._ways)
            self.by_way[way.__name__] += 1
            return way(self, answer, body)


class MutatingHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    mutator: ClassVar[MutatingProxy]

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.mutator.ask(self.path, asked)
        endpoint = self.path.partition("?")[0].removeprefix("/paas/v1/")
        body, cut = self.mutator.spoil(endpoint, answer.content)
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
        self.send_header("Content-Length", str(len(answer.content) + 1 if cut else len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = cut

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def mutating_proxy(
    target: str,
    dice: random.Random,
    share: float,
    *,
    ways: Sequence[Mutation] = MUTATIONS,
    only: Collection[str] = (),
) -> Iterator[MutatingProxy]:
    """A service on a port of its own, in threads of this process."""
    state = MutatingProxy(target, dice, share, ways, only)
    handler = type("Handler", (MutatingHandler,), {"mutator": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _places(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every field of an answer: its object and its name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield value, name
            yield from _places(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _places(inner)


def _values(answer: Any, name: str) -> list[Any]:
    return [holder[name] for holder, one in _places(answer) if one == name]


def _changed(mutator: MutatingProxy, answer: dict[str, Any], change: Callable[[Any], Any]) -> MutatedAnswer:
    spoilt = copy.deepcopy(answer)
    holder, name = mutator.dice.choice(list(_places(spoilt)))
    holder[name] = change(holder[name])
    return _wire(spoilt), False


def _wire(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
