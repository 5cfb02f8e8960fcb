"""An endpoint: its path, the fields of request and response, and its function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.sandbox.fields import Field, Int, Object, Text
from console.sandbox.store.models import Enterprise, Person

Answer = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request that has passed all checks: its enterprise, its user and its validated body.

    `person` is the class client's own user on /saas, and empty on /paas.
    """

    enterprise: Enterprise
    body: dict[str, Any]
    person: Person | None = None
    base_url: str = ""

    def actor(self) -> Person:
        """Return the person of the session; only called if the endpoint requires one."""
        if self.person is None:
            raise LookupError("this endpoint has no session")
        return self.person


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of the API. `writes` decides whether it runs in the write transaction."""

    path: str
    title: str
    handle: Callable[[Call], Answer]
    fields: Sequence[Field] = ()
    answer: Sequence[Field] = ()
    writes: bool = False
    session: bool = True
    refuses: Sequence[int] = field(default=())

    def read(self, body: object) -> dict[str, Any]:
        """Return the known fields of a body, validated; raise Refusal 10003."""
        return dict(Object("", self.fields).read(body, ""))


STATUS_FIELDS = (Int("error_code", required=True), Text("error_msg", required=True))
