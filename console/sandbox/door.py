"""What both doors (/paas and /saas) do alike: read the body, run the rule, note it, answer 200."""

import json
import traceback
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from . import housekeeping, ledger
from .endpoint import Answer, Call, Endpoint
from .errors import Code, Refusal
from .faults import answering
from .faults.plan import Fault
from .server import BODY_LIMIT
from .store.models import Enterprise
from .store.write import writing


@dataclass
class Seen:
    """What the ledger will say of a request, filled in as more of it is understood."""

    endpoint: str
    sdkappid: int | None = None
    body: Any = None
    noted: bool = field(default=False)

    def note(self, error_code: int | None, fault: Fault | None, *, now: bool = False) -> None:
        """Write the line, inside the open transaction (`now`) or with the next one."""
        entry = ledger.line(
            "request",
            self.endpoint,
            sdkappid=self.sdkappid,
            body=self.body,
            error_code=error_code,
            fault=fault.kind if fault else "",
        )
        if now:
            entry.save()
        else:
            ledger.later(entry)
        self.noted = True


def read_json(request: HttpRequest) -> Any:
    """The body; an empty one is `{}`. Raises Refusal 10005 or 10000."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
        raise Refusal(Code.BODY_NOT_READ, "the body is larger than 1 MiB")
    raw = request.body
    if not raw.strip():
        return {}
    try:
        return json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(Code.UNREADABLE, "the body is no JSON") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def run(endpoint: Endpoint, call: Call, seen: Seen, fault: Fault | None) -> Answer:
    """The rule's answer, with `error_code` 0 in front; the ledger line stands in the same transaction."""
    with ledger.caused_by(seen.endpoint):
        if not endpoint.writes:
            return {"error_code": 0, "error_msg": ""} | endpoint.handle(call)
        with writing():
            ledger.drain()
            told = endpoint.handle(call)
            housekeeping.take_due_steps()
            seen.note(0, fault, now=True)
        return {"error_code": 0, "error_msg": ""} | told


def closed(seen: Seen, refusal: Refusal, fault: Fault | None = None) -> Answer:
    """Note a refusal and give its body."""
    seen.note(int(refusal.code), fault)
    return refusal.answer()


def broken(seen: Seen, error: Exception) -> Answer:
    """A fault of our own: -1 for the caller, the place (never the data) on our standard error."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    print(f"sandbox: {type(error).__name__} at {places[-1]} in {seen.endpoint}", flush=True)
    seen.note(int(Code.GENERIC), None)
    return {"error_code": int(Code.GENERIC), "error_msg": "the service failed"}


def respond(answer: Answer, request: HttpRequest, fault: Fault | None) -> HttpResponse:
    """The answer as it leaves: whole, or as an armed fault wants it."""
    if fault is not None:
        return answering.spoil(answer, request, fault)
    return HttpResponse(
        json.dumps(answer, ensure_ascii=False), content_type="application/json; charset=utf-8"
    )


def owner(sdkappid: int) -> Enterprise:
    """The enterprise of an sdkappid, or Refusal 10270."""
    found = Enterprise.objects.filter(sdkappid=sdkappid).first()
    if found is None:
        raise Refusal(Code.NO_SUCH_ENTERPRISE, "no enterprise has this sdkappid")
    return found
