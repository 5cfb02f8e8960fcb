"""Owing an event to an enterprise: one row in the transaction of what happened."""

import threading
from typing import Any

from django.db import transaction

from .. import clock, knobs
from ..faults import plan
from ..store.models import Callback, Classroom, Enterprise, Stay

bell = threading.Event()


def event(enterprise: Enterprise, name: str, data: dict[str, Any]) -> Callback:
    """Queue one event; the courier is woken once the transaction has ended."""
    now = clock.precise()
    fault = plan.take("callback", name, enterprise.sdkappid)
    owed = Callback(enterprise=enterprise, event=name, data=data, created_at=now, due_at=now)
    if fault is not None:
        owed.fault = {"kind": fault.kind, "seconds": fault.seconds}
        owed.due_at += fault.seconds if fault.kind in ("callback_late", "callback_shuffle") else 0
    if fault is not None and fault.kind == "callback_drop":
        owed.state = "dropped"
    elif not enterprise.call_back_url:
        owed.state = "no_address"
    owed.save()
    _let_shuffled_follow(owed)
    transaction.on_commit(bell.set)
    return owed


def _let_shuffled_follow(owed: Callback) -> None:
    """An event held back by the shuffle fault goes out right behind the next one of its enterprise."""
    held = Callback.objects.filter(enterprise=owed.enterprise, state="waiting", attempts=0)
    held.filter(fault__kind="callback_shuffle").exclude(pk=owed.pk).update(due_at=owed.due_at + 0.001)


def begun(room: Classroom) -> None:
    """class_begin."""
    event(
        room.enterprise, "class_begin", {"class_id": room.class_id, "real_start_time": room.real_start_time}
    )


def over(room: Classroom) -> None:
    """class_over."""
    event(room.enterprise, "class_over", {"class_id": room.class_id, "real_stop_time": room.real_stop_time})


def joined(stay: Stay) -> None:
    """join_class of the later revision, behind its knob."""
    if knobs.value("join_quit_callbacks"):
        event(stay.classroom.enterprise, "join_class", _who(stay) | {"join_time": stay.enter_time})


def left(stay: Stay) -> None:
    """quit_class of the later revision, behind its knob."""
    if knobs.value("join_quit_callbacks"):
        event(stay.classroom.enterprise, "quit_class", _who(stay) | {"quit_time": stay.quit_time})


def _who(stay: Stay) -> dict[str, Any]:
    return {"class_id": stay.classroom.class_id, "user_id": stay.person.user_id, "role": stay.role}
