"""What a fault does to an answer."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from .plan import Fault

PAGE = "<!doctype html><title>Gateway</title><h1>Please sign in to this network</h1>"
NOT_APPLIED = frozenset(("refuse", "drop_before", "busy"))
BY_CHOICE = frozenset(("stall", "status", "html"))


def applies(fault: Fault | None) -> bool:
    """Whether the request still takes effect under this fault (a stall always applies, sooner or later)."""
    if fault is None or fault.kind == "stall":
        return True
    return fault.applied if fault.kind in BY_CHOICE else fault.kind not in NOT_APPLIED


def spoil(answer: dict[str, Any], request: HttpRequest, fault: Fault) -> HttpResponse:
    """The answer as the fault wants it to leave."""
    wire = request.META["sandbox.wire"]
    text = json.dumps(answer, ensure_ascii=False)
    match fault.kind:
        case "drop_before" | "drop_after":
            wire.drop = True
        case "cut":
            wire.cut = True
        case "status":
            return HttpResponse("upstream failed", status=fault.status, content_type="text/plain")
        case "busy":
            return HttpResponse("slow down", status=429, headers={"Retry-After": "1"})
        case "html":
            return HttpResponse(PAGE, content_type="text/html; charset=utf-8")
        case "bad_json":
            text = text[:-1] + ",}"
        case "mutate":
            text = json.dumps(mutated(answer), ensure_ascii=False)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def mutated(value: Any, key: str = "") -> Any:
    """Every type another one, save error_code, which would only turn it into a refusal."""
    if key == "error_code":
        return value
    match value:
        case bool():
            return int(value)
        case int():
            return str(value)
        case str():
            return len(value)
        case list():
            return None if not value or not isinstance(value[0], dict) else [mutated(one) for one in value]
        case dict():
            return {name: mutated(one, name) for name, one in value.items()}
        case _:
            return value
