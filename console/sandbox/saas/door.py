"""The door of /saas/v1, which the class client in a browser or an app talks to.

Query: `sdkappid, user_id, token, random, sign`, where `sign` is the md5 of the body's text. That is no
secret; the session token is. Other origins may call (CORS), since a class client may be served elsewhere.
"""

import hashlib
import hmac

from django.http import HttpRequest, HttpResponse

from .. import clock, door
from ..door import Seen
from ..endpoint import Answer, Call, Endpoint
from ..errors import Code, Refusal, invalid
from ..faults import plan
from ..faults.plan import Fault
from ..store.models import Enterprise, Person, Session
from .table import ENDPOINTS

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}


def saas(request: HttpRequest, path: str) -> HttpResponse:
    """One request of a class client."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=CORS)
    seen = Seen(f"saas/{path}" if path in ENDPOINTS else "saas/unknown")
    fault = plan.take("saas", path, door.claimed_app(request))
    response = door.answered(request, seen, fault, lambda: _answer(request, path, seen, fault))
    for name, value in CORS.items():
        response[name] = value
    return response


def _answer(request: HttpRequest, path: str, seen: Seen, fault: Fault | None) -> Answer:
    try:
        endpoint = ENDPOINTS.get(path)
        if endpoint is None or request.method != "POST":
            raise Refusal(Code.UNREADABLE, "there is no such endpoint, or the method is not POST")
        call = _enter(request, endpoint, seen)
        answer = door.run(endpoint, call, seen, fault)
    except Refusal as refusal:
        return door.closed(seen, refusal, fault)
    except Exception as error:
        return door.broken(seen, error)
    if not endpoint.writes:
        seen.note(0, fault)
    return answer


def _enter(request: HttpRequest, endpoint: Endpoint, seen: Seen) -> Call:
    body = door.read_json(request)
    right = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(right.encode(), request.GET.get("sign", "").encode()):
        raise Refusal(Code.SIGNATURE, "sign is not the md5 of the body")
    seen.body = body
    person = _person(request) if endpoint.session else None
    enterprise = person.enterprise if person else _enterprise(request, body)
    seen.sdkappid = enterprise.sdkappid
    return Call(enterprise, endpoint.read(body), person)


def _person(request: HttpRequest) -> Person:
    """Who the session token belongs to; the query must name the same user, so no one acts as another."""
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


def _enterprise(request: HttpRequest, body: object) -> Enterprise:
    """Before the login: by sdkappid of the query or enterprise_id of the body."""
    if (claimed := door.claimed_app(request)) is not None:
        return door.owner(claimed)
    number = body.get("enterprise_id") if isinstance(body, dict) else None
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 19:
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool):
        raise invalid("enterprise_id or sdkappid is missing")
    found = Enterprise.objects.filter(pk=number - 10_000).first() if abs(number) < 2**62 else None
    if found is None:
        raise Refusal(Code.NO_SUCH_ENTERPRISE, "there is no such enterprise")
    return found
