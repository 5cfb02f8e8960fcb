"""Effects of faults on responses."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from console.sandbox.faults.registry import Fault

GATEWAY_PAGE = "<!doctype html><title>Gateway</title><h1>Please sign in to this network</h1>"
NOT_APPLIED = frozenset(("refuse", "drop_before", "busy"))
APPLIED_ON_REQUEST = frozenset(("stall", "status", "html"))


def takes_effect(fault: Fault | None) -> bool:
    """Return whether the request takes effect despite this fault (a stalled one does, eventually)."""
    if fault is None or fault.kind == "stall":
        return True
    return fault.applied if fault.kind in APPLIED_ON_REQUEST else fault.kind not in NOT_APPLIED


def apply_fault(answer: dict[str, Any], request: HttpRequest, fault: Fault) -> HttpResponse:
    """Return the response as changed by the fault."""
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
            return HttpResponse(GATEWAY_PAGE, content_type="text/html; charset=utf-8")
        case "bad_json":
            text = text[:-1] + ",}"
        case "mutate":
            text = json.dumps(mutate_types(answer), ensure_ascii=False)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def mutate_types(value: Any, key: str = "") -> Any:
    """Change the type of every field except error_code, which would turn it into a refusal."""
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
            return (
                None if not value or not isinstance(value[0], dict) else [mutate_types(one) for one in value]
            )
        case dict():
            return {name: mutate_types(one, name) for name, one in value.items()}
        case _:
            return value
