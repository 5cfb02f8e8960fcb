"""What an endpoint is: its path, the fields it reads and answers, and the rule behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .fields import Field, Int, Obj, Text
from .store.models import Enterprise, Person

Answer = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request that has passed the door: whose it is and its checked body.

    `person` is the class client's own user on /saas, and empty on /paas.
    """

    enterprise: Enterprise
    body: dict[str, Any]
    person: Person | None = None
    base_url: str = ""

    def actor(self) -> Person:
        """The person behind a session; only called where the door demanded one."""
        if self.person is None:
            raise LookupError("this endpoint has no session")
        return self.person


@dataclass(frozen=True)
class Endpoint:
    """One line of the API. `writes` decides whether it runs inside the one write transaction."""

    path: str
    title: str
    handle: Callable[[Call], Answer]
    fields: Sequence[Field] = ()
    answer: Sequence[Field] = ()
    writes: bool = False
    session: bool = True
    refuses: Sequence[int] = field(default=())

    def read(self, body: object) -> dict[str, Any]:
        """The known fields of a body, checked; raises Refusal 10003."""
        return dict(Obj("", self.fields).read(body, ""))


OUTCOME = (Int("error_code", required=True), Text("error_msg", required=True))
