"""View of /saas/v1, which class clients in browsers and apps use.

Query: `sdkappid, user_id, token, random, sign`, where `sign` is the md5 of the body's text. That is no
secret; the session token is. Other origins may call (CORS), since a class client may be served elsewhere.
"""

import hashlib
import hmac

from django.http import HttpRequest, HttpResponse

from console.sandbox import clock, request_handling
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.errors import Code, Refusal, invalid
from console.sandbox.faults import registry
from console.sandbox.faults.registry import Fault
from console.sandbox.request_handling import RequestRecord
from console.sandbox.saas import account, lesson, presence
from console.sandbox.store.models import Enterprise, Person, Session

#: Endpoints of the class client by path.
ENDPOINTS = {
    endpoint.path: endpoint for module in (account, lesson, presence) for endpoint in module.ENDPOINTS
}

CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}


def saas_view(request: HttpRequest, path: str) -> HttpResponse:
    """Handle a request of a class client."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=CORS_HEADERS)
    seen = RequestRecord(f"saas/{path}" if path in ENDPOINTS else "saas/unknown")
    fault = registry.take_matching_fault("saas", path, request_handling.requested_sdkappid(request))
    response = request_handling.respond(
        request, seen, fault, lambda: _run_request(request, path, seen, fault)
    )
    for name, value in CORS_HEADERS.items():
        response[name] = value
    return response


def _run_request(request: HttpRequest, path: str, seen: RequestRecord, fault: Fault | None) -> Answer:
    try:
        endpoint = ENDPOINTS.get(path)
        if endpoint is None or request.method != "POST":
            raise Refusal(Code.UNREADABLE, "there is no such endpoint, or the method is not POST")
        call = _authenticate(request, endpoint, seen)
        answer = request_handling.run_endpoint(endpoint, call, seen, fault)
    except Refusal as refusal:
        return request_handling.record_refusal(seen, refusal, fault)
    except Exception as error:
        return request_handling.record_failure(seen, error)
    if not endpoint.writes:
        seen.note(0, fault)
    return answer


def _authenticate(request: HttpRequest, endpoint: Endpoint, seen: RequestRecord) -> Call:
    body = request_handling.read_json(request)
    right = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(right.encode(), request.GET.get("sign", "").encode()):
        raise Refusal(Code.SIGNATURE, "sign is not the md5 of the body")
    seen.body = body
    person = _session_person(request) if endpoint.session else None
    enterprise = person.enterprise if person else _requested_enterprise(request, body)
    seen.sdkappid = enterprise.sdkappid
    return Call(enterprise, endpoint.read(body), person)


def _session_person(request: HttpRequest) -> Person:
    """Return the person of the session token; the query must name the same user."""
    token = request.GET.get("token", "")
    session = (
        Session.objects.select_related("person__enterprise").filter(token=token).first() if token else None
    )
    if session is None or session.expires_at <= clock.now():
        raise Refusal(Code.TOKEN_EXPIRED, "the session has expired: log in again")
    person = session.person
    if request.GET.get("user_id") != person.user_id or request.GET.get("sdkappid") != str(
        person.enterprise.sdkappid
    ):
        raise Refusal(Code.TOKEN_EXPIRED, "the token belongs to somebody else")
    return person


def _requested_enterprise(request: HttpRequest, body: object) -> Enterprise:
    """Return the enterprise before login, by sdkappid of the query or enterprise_id of the body.

    A client that has never logged in sends `sdkappid=0`, an empty one or none.
    """
    if claimed := request_handling.requested_sdkappid(request):
        return request_handling.get_enterprise(claimed)
    number = body.get("enterprise_id") if isinstance(body, dict) else None
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 19:
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool):
        raise invalid("enterprise_id or sdkappid is missing")
    found = Enterprise.objects.filter(pk=number - 10_000).first() if abs(number) < 2**62 else None
    if found is None:
        raise Refusal(Code.NO_SUCH_ENTERPRISE, "there is no such enterprise")
    return found
