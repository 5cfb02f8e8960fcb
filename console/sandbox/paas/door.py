"""The door of /paas/v1: public parameters, signature, body, rule, answer. HTTP 200 whatever happens."""

import time

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from .. import clock, door, knobs, signature
from ..door import Seen
from ..endpoint import Answer, Call
from ..errors import Code, Refusal
from ..faults import plan
from ..faults.plan import Fault
from .table import ENDPOINTS


def paas(request: HttpRequest, path: str) -> HttpResponse:
    """One request of a school's own backend."""
    seen = Seen(path if path in ENDPOINTS else "unknown")
    fault = plan.take("paas", path, door.claimed_app(request))
    response = door.answered(request, seen, fault, lambda: _answer(request, path, seen, fault))
    response["Date"] = http_date(_sign_time())
    return response


def _sign_time() -> float:
    """The clock that signatures go by, which every answer tells."""
    return clock.precise() if knobs.value("sign_clock") == "moved" else time.time()


def _answer(request: HttpRequest, path: str, seen: Seen, fault: Fault | None) -> Answer:
    try:
        endpoint = ENDPOINTS.get(path)
        if endpoint is None:
            raise Refusal(Code.UNREADABLE, "there is no such endpoint")
        if request.method != "POST":
            raise Refusal(Code.UNREADABLE, "the method must be POST")
        call, checked = _enter(request, seen)
        answer = door.run(endpoint, Call(call.enterprise, endpoint.read(checked)), seen, fault)
    except Refusal as refusal:
        return door.closed(seen, refusal, fault)
    except Exception as error:
        return door.broken(seen, error)
    if not endpoint.writes:
        seen.note(0, fault)
    return answer


def _enter(request: HttpRequest, seen: Seen) -> tuple[Call, object]:
    """Whose request it is, and its body. The signature is judged before the body wherever the URL has it."""
    public = signature.read_public(request.META["QUERY_STRING"].encode("latin-1"))
    enterprise = door.owner(public.sdkappid)
    seen.sdkappid = enterprise.sdkappid
    now = _sign_time()
    if public.expire_time is not None:
        signature.check(public, enterprise.tic_key, signature.expire_time_of(public, None), now)
    body = door.read_json(request)
    in_body = body.get("expire_time") if isinstance(body, dict) else None
    signature.check(public, enterprise.tic_key, signature.expire_time_of(public, in_body), now)
    signature.check_random(public)
    seen.body = body
    return Call(enterprise, {}), body
