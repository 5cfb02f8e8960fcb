"""The control interface by path: GET shows, POST changes."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .. import knobs, ledger
from ..door import as_json
from ..endpoint import Answer
from ..errors import Code, Refusal
from ..faults import plan
from . import acts, door, planting

Shown = Callable[[dict[str, str]], Answer]
Changed = Callable[[dict[str, Any]], Answer]

SHOWS: dict[str, Shown] = {
    "ledger": acts.show_ledger,
    "faults": acts.show_faults,
    "knobs": acts.show_knobs,
    "clock": acts.show_clock,
    "callbacks": acts.show_callbacks,
    "events": acts.show_events,
}
CHANGES: dict[str, Changed] = {
    "plant": planting.plant,
    "faults": acts.arm_faults,
    "knobs": acts.turn_knobs,
    "clock": acts.move_clock,
    "callbacks": acts.send_callback,
    "advance": acts.advance,
    "enterprise": acts.change_enterprise,
}


def control(request: HttpRequest, path: str) -> HttpResponse:
    """One request of a test, of `manage.py demo`, or of the page below."""
    try:
        door.only_here(request)
        with ledger.caused_by(f"control/{path}"):
            answer = {"error_code": 0, "error_msg": ""} | _run(request, path)
    except Refusal as refusal:
        answer = refusal.answer()
    return as_json(answer)


def _run(request: HttpRequest, path: str) -> Answer:
    if request.method == "GET" and path in SHOWS:
        return SHOWS[path]({name: request.GET.get(name, "") for name in request.GET})
    if path in CHANGES:
        return CHANGES[path](door.posted(request))
    raise Refusal(Code.UNREADABLE, "there is no such control")


def overview(request: HttpRequest) -> HttpResponse:
    """A small page to turn knobs and arm faults by hand."""
    try:
        door.only_here(request)
    except Refusal as refusal:
        return HttpResponse(refusal.message, status=403, content_type="text/plain")
    page = {
        "knobs": [(knob, knobs.value(knob.name), _choices(knob)) for knob in knobs.KNOBS],
        "kinds": plan.KINDS,
        "armed": plan.armed(),
        "languages": settings.LANGUAGES,
    }
    return render(request, "control.html", page)


def _choices(knob: knobs.Knob) -> list[tuple[str, bool]]:
    """The choices as the page writes them, and which one stands."""
    here = knobs.value(knob.name)
    return [(json.dumps(one) if isinstance(one, bool) else one, one == here) for one in knob.choices]
