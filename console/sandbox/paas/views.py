"""View of /paas/v1: public parameters, signature, body, endpoint, response. Always HTTP 200."""

import time

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from console.sandbox import clock, knobs, request_handling, signature
from console.sandbox.endpoint import Answer, Call
from console.sandbox.errors import Code, Refusal
from console.sandbox.faults import registry
from console.sandbox.faults.registry import Fault
from console.sandbox.paas import business, classes, documents, members, users
from console.sandbox.request_handling import RequestRecord

#: The 27 endpoints of the document by path.
ENDPOINTS = {
    endpoint.path: endpoint
    for module in (classes, users, documents, business, members)
    for endpoint in module.ENDPOINTS
}


def paas_view(request: HttpRequest, path: str) -> HttpResponse:
    """Handle a request of a school's backend."""
    seen = RequestRecord(path if path in ENDPOINTS else "unknown")
    fault = registry.take_matching_fault("paas", path, request_handling.requested_sdkappid(request))
    response = request_handling.respond(
        request, seen, fault, lambda: _run_request(request, path, seen, fault)
    )
    response["Date"] = http_date(_signature_time())
    return response


def _signature_time() -> float:
    """Return the clock that signatures are checked with; every response contains it."""
    return clock.timestamp() if knobs.value("sign_clock") == "moved" else time.time()


def _run_request(request: HttpRequest, path: str, seen: RequestRecord, fault: Fault | None) -> Answer:
    try:
        endpoint = ENDPOINTS.get(path)
        if endpoint is None:
            raise Refusal(Code.UNREADABLE, "there is no such endpoint")
        if request.method != "POST":
            raise Refusal(Code.UNREADABLE, "the method must be POST")
        call, checked = _authenticate(request, seen)
        answer = request_handling.run_endpoint(
            endpoint, Call(call.enterprise, endpoint.read(checked)), seen, fault
        )
    except Refusal as refusal:
        return request_handling.record_refusal(seen, refusal, fault)
    except Exception as error:
        return request_handling.record_failure(seen, error)
    if not endpoint.writes:
        seen.note(0, fault)
    return answer


def _authenticate(request: HttpRequest, seen: RequestRecord) -> tuple[Call, object]:
    """Return enterprise and body of a request. A signature in the URL is checked before the body."""
    public = signature.read_public_parameters(request.META["QUERY_STRING"].encode("latin-1"))
    enterprise = request_handling.get_enterprise(public.sdkappid)
    seen.sdkappid = enterprise.sdkappid
    now = _signature_time()
    if public.expire_time is not None:
        signature.check_signature(public, enterprise.tic_key, signature.signed_expire_time(public, None), now)
    body = request_handling.read_json(request)
    in_body = body.get("expire_time") if isinstance(body, dict) else None
    signature.check_signature(public, enterprise.tic_key, signature.signed_expire_time(public, in_body), now)
    signature.check_random(public)
    seen.body = body
    return Call(enterprise, {}), body
