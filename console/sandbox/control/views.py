"""Control interface by path: GET reads, POST changes."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console.sandbox import knobs, ledger
from console.sandbox.control import actions, holding, planting, request_checks
from console.sandbox.endpoint import Answer
from console.sandbox.errors import Code, Refusal
from console.sandbox.faults import registry
from console.sandbox.request_handling import json_response

GetHandler = Callable[[dict[str, str]], Answer]
PostHandler = Callable[[dict[str, Any]], Answer]

GET_HANDLERS: dict[str, GetHandler] = {
    "ledger": actions.show_ledger,
    "faults": actions.show_faults,
    "knobs": actions.show_knobs,
    "clock": actions.show_clock,
    "callbacks": actions.show_callbacks,
    "events": actions.show_events,
}
POST_HANDLERS: dict[str, PostHandler] = {
    "plant": planting.plant,
    "hold": holding.hold,
    "faults": actions.arm_faults,
    "knobs": actions.turn_knobs,
    "clock": actions.move_clock,
    "callbacks": actions.send_callback,
    "advance": actions.advance_work,
    "enterprise": actions.change_enterprise,
}


def control(request: HttpRequest, path: str) -> HttpResponse:
    """Handle a request of a test, of `manage.py demo`, or of the page below."""
    try:
        request_checks.require_loopback(request)
        with ledger.attribute_effects_to(f"control/{path}"):
            answer = {"error_code": 0, "error_msg": ""} | _run(request, path)
    except Refusal as refusal:
        answer = refusal.answer()
    return json_response(answer)


def _run(request: HttpRequest, path: str) -> Answer:
    if request.method == "GET" and path in GET_HANDLERS:
        return GET_HANDLERS[path]({name: request.GET.get(name, "") for name in request.GET})
    if path in POST_HANDLERS:
        return POST_HANDLERS[path](request_checks.read_posted_object(request))
    raise Refusal(Code.UNREADABLE, "there is no such control")


def overview(request: HttpRequest) -> HttpResponse:
    """Show a page to set knobs and arm faults manually."""
    try:
        request_checks.require_loopback(request)
    except Refusal as refusal:
        return HttpResponse(refusal.message, status=403, content_type="text/plain")
    page = {
        "knobs": [(knob, knobs.value(knob.name), _choices(knob)) for knob in knobs.KNOBS],
        "kinds": registry.KINDS,
        "armed": registry.list_armed(),
        "languages": settings.LANGUAGES,
    }
    return render(request, "control.html", page)


def _choices(knob: knobs.Knob) -> list[tuple[str, bool]]:
    """Return the choices as shown on the page, and the current one."""
    here = knobs.value(knob.name)
    return [(json.dumps(one) if isinstance(one, bool) else one, one == here) for one in knob.choices]
