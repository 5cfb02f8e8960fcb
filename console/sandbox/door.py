"""What both doors (/paas and /saas) do alike: read the body, run the rule, note it, answer 200."""

import json
import time
import traceback
from collections.abc import Callable
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

JSON = "application/json; charset=utf-8"


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


def answered(
    request: HttpRequest, seen: Seen, fault: Fault | None, work: Callable[[], Answer]
) -> HttpResponse:
    """The answer of `work` as it leaves: whole, or as an armed fault wants it (which may stop the work)."""
    if fault is None:
        return as_json(work())
    if not answering.applies(fault):
        seen.note(fault.error_code if fault.kind == "refuse" else None, fault)
        refused: Answer = {"error_code": fault.error_code, "error_msg": "refused on demand"}
        return answering.spoil(refused, request, fault)
    if fault.kind == "stall" and not fault.applied:
        time.sleep(fault.seconds)
    answer = work()
    if fault.kind == "stall" and fault.applied:
        time.sleep(fault.seconds)
    return answering.spoil(answer, request, fault)


def as_json(answer: Answer) -> HttpResponse:
    """A whole answer."""
    return HttpResponse(json.dumps(answer, ensure_ascii=False), content_type=JSON)


def claimed_app(request: HttpRequest) -> int | None:
    """The sdkappid that the URL claims, for faults that wait for one enterprise."""
    claimed = request.GET.get("sdkappid", "")
    return int(claimed) if claimed.isascii() and claimed.isdigit() and len(claimed) < 19 else None


def owner(sdkappid: int) -> Enterprise:
    """The enterprise of an sdkappid, or Refusal 10270."""
    found = Enterprise.objects.filter(sdkappid=sdkappid).first()
    if found is None:
        raise Refusal(Code.NO_SUCH_ENTERPRISE, "no enterprise has this sdkappid")
    return found
