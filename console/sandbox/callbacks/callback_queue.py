"""Queue of callbacks: one row per event, in the transaction of the change."""

import threading
from typing import Any

from django.db import transaction

from console.sandbox import clock, knobs
from console.sandbox.faults import registry
from console.sandbox.store.models import Callback, Classroom, Enterprise, Stay

wakeup = threading.Event()


def enqueue_callback(enterprise: Enterprise, name: str, data: dict[str, Any]) -> Callback:
    """Queue one event and wake the delivery worker once the transaction has ended."""
    now = clock.timestamp()
    fault = registry.take_matching_fault("callback", name, enterprise.sdkappid)
    owed = Callback(enterprise=enterprise, event=name, data=data, created_at=now, due_at=now)
    if fault is not None:
        owed.fault = {"kind": fault.kind, "seconds": fault.seconds}
        owed.due_at += fault.seconds if fault.kind in ("callback_late", "callback_shuffle") else 0
    if fault is not None and fault.kind == "callback_drop":
        owed.state = "dropped"
    elif not enterprise.call_back_url:
        owed.state = "no_address"
    owed.save()
    _release_shuffled(owed)
    transaction.on_commit(wakeup.set)
    return owed


def _release_shuffled(owed: Callback) -> None:
    """Deliver an event held back by the shuffle fault right after the next one of its enterprise."""
    held = Callback.objects.filter(enterprise=owed.enterprise, state="waiting", attempts=0)
    held.filter(fault__kind="callback_shuffle").exclude(pk=owed.pk).update(due_at=owed.due_at + 0.001)


def enqueue_class_begin(room: Classroom) -> None:
    """Queue class_begin."""
    enqueue_callback(
        room.enterprise, "class_begin", {"class_id": room.class_id, "real_start_time": room.real_start_time}
    )


def enqueue_class_over(room: Classroom) -> None:
    """Queue class_over."""
    enqueue_callback(
        room.enterprise, "class_over", {"class_id": room.class_id, "real_stop_time": room.real_stop_time}
    )


def enqueue_join_class(stay: Stay) -> None:
    """Queue join_class of the later revision, if its knob is on."""
    if knobs.value("join_quit_callbacks"):
        enqueue_callback(
            stay.classroom.enterprise, "join_class", _member_fields(stay) | {"join_time": stay.enter_time}
        )


def enqueue_quit_class(stay: Stay) -> None:
    """Queue quit_class of the later revision, if its knob is on."""
    if knobs.value("join_quit_callbacks"):
        enqueue_callback(
            stay.classroom.enterprise, "quit_class", _member_fields(stay) | {"quit_time": stay.quit_time}
        )


def _member_fields(stay: Stay) -> dict[str, Any]:
    return {"class_id": stay.classroom.class_id, "user_id": stay.person.user_id, "role": stay.role}
