"""Request handling shared by /paas and /saas: read the body, run the endpoint, log it, respond with 200."""

import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from console.sandbox import ledger, periodic_work
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.errors import Code, Refusal
from console.sandbox.faults import responses
from console.sandbox.faults.registry import Fault
from console.sandbox.server import BODY_LIMIT
from console.sandbox.store import write_transaction
from console.sandbox.store.models import Enterprise

JSON_CONTENT_TYPE = "application/json; charset=utf-8"


@dataclass
class RequestRecord:
    """Ledger entry of a request, filled in while the request is processed."""

    endpoint: str
    sdkappid: int | None = None
    body: Any = None
    noted: bool = field(default=False)

    def note(self, error_code: int | None, fault: Fault | None, *, now: bool = False) -> None:
        """Write the entry, in the open transaction (`now`) or queued."""
        entry = ledger.build_entry(
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
            ledger.queue_entry(entry)
        self.noted = True


def read_json(request: HttpRequest) -> Any:
    """Return the body; an empty one is `{}`. Raise Refusal 10005 or 10000."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
        raise Refusal(Code.BODY_NOT_READ, "the body is larger than 1 MiB")
    raw = request.body
    if not raw.strip():
        return {}
    try:
        return json.loads(raw.decode(), parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        raise Refusal(Code.UNREADABLE, "the body is no JSON") from None


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def run_endpoint(endpoint: Endpoint, call: Call, seen: RequestRecord, fault: Fault | None) -> Answer:
    """Return the response with `error_code` 0 first; its ledger entry is in the same transaction."""
    with ledger.attribute_effects_to(seen.endpoint):
        if not endpoint.writes:
            return {"error_code": 0, "error_msg": ""} | endpoint.handle(call)
        ledger.write_queued_entries()
        with write_transaction():
            told = endpoint.handle(call)
            periodic_work.run_due_steps()
            seen.note(0, fault, now=True)
        return {"error_code": 0, "error_msg": ""} | told


def record_refusal(seen: RequestRecord, refusal: Refusal, fault: Fault | None = None) -> Answer:
    """Log a refusal and return its body."""
    seen.note(int(refusal.code), fault)
    return refusal.answer()


def record_failure(seen: RequestRecord, error: Exception) -> Answer:
    """Handle an internal error: -1 for the caller, the location (never the data) on standard error."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    print(f"sandbox: {type(error).__name__} at {places[-1]} in {seen.endpoint}", flush=True)
    seen.note(int(Code.GENERIC), None)
    return {"error_code": int(Code.GENERIC), "error_msg": "the service failed"}


def respond(
    request: HttpRequest, seen: RequestRecord, fault: Fault | None, work: Callable[[], Answer]
) -> HttpResponse:
    """Return the response of `work`, as changed by an armed fault (which may prevent the work)."""
    if fault is None:
        return json_response(work())
    if not responses.takes_effect(fault):
        seen.note(fault.error_code if fault.kind == "refuse" else None, fault)
        refused: Answer = {"error_code": fault.error_code, "error_msg": "refused on demand"}
        return responses.apply_fault(refused, request, fault)
    if fault.kind == "stall" and not fault.applied:
        time.sleep(fault.seconds)
    answer = work()
    if fault.kind == "stall" and fault.applied:
        time.sleep(fault.seconds)
    return responses.apply_fault(answer, request, fault)


def json_response(answer: Answer) -> HttpResponse:
    """Return a complete response."""
    try:
        content = msgspec.json.encode(answer)
    except UnicodeEncodeError:  # half of a surrogate pair, which a request may hold and UTF-8 may not
        content = json.dumps(answer).encode()
    return HttpResponse(content, content_type=JSON_CONTENT_TYPE)


def requested_sdkappid(request: HttpRequest) -> int | None:
    """Return the sdkappid of the URL, for faults that are limited to one enterprise."""
    claimed = request.GET.get("sdkappid", "")
    return int(claimed) if claimed.isascii() and claimed.isdigit() and len(claimed) < 19 else None


def get_enterprise(sdkappid: int) -> Enterprise:
    """Return the enterprise of an sdkappid; raise Refusal 10270 if there is none."""
    found = Enterprise.objects.filter(sdkappid=sdkappid).first()
    if found is None:
        raise Refusal(Code.NO_SUCH_ENTERPRISE, "no enterprise has this sdkappid")
    return found
