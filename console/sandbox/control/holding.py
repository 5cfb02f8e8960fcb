"""Holding a class that somebody created: it begins, has people in it, and ends, as of the times given.

`POST /control/hold`:

    {"sdkappid": 1400000001, "class_id": 7001,
     "real_start_time": 1, "real_stop_time": 2,   the second may be absent: the class then runs
     "stays": [{"user_id", "enter_time", "quit_time", "camera", "mic", …}],   as in planting
     "recordings": true,                    a class that asks for a recording has one; without it, none has
     "callbacks": true}                     class_begin and class_over are owed

Times are seconds since 1970. A class that runs takes the stop time alone; whoever is inside leaves with it.
The answer is `{class_id, status, held}`; `held` is false where the class had come so far already.
`{"classes": [{…}, …]}` holds many and answers `{"held": [{…}, …]}`; if one is refused, none is held.
"""

from typing import Any

from console.sandbox import ledger
from console.sandbox.callbacks import callback_queue
from console.sandbox.control.planting import STAY_FIELD, create_recording, create_stays
from console.sandbox.endpoint import Answer
from console.sandbox.errors import invalid
from console.sandbox.fields import Bool, Field, Int, ListOf, Object, timestamp_field
from console.sandbox.request_handling import get_enterprise
from console.sandbox.services import access, presence, recordings
from console.sandbox.store import write_transaction
from console.sandbox.store.models import Classroom

HOLD_FIELDS: tuple[Field, ...] = (
    Int("sdkappid", required=True),
    Int("class_id", required=True),
    timestamp_field("real_start_time"),
    timestamp_field("real_stop_time"),
    ListOf("stays", STAY_FIELD),
    Bool("recordings"),
    Bool("callbacks"),
)


def hold(body: dict[str, Any]) -> Answer:
    """One class, or many."""
    many = body.get("classes")
    with write_transaction():
        if isinstance(many, list):
            return {"held": [_hold_one(one) for one in many]}
        return _hold_one(body)


def _hold_one(body: object) -> Answer:
    wanted = Object("", HOLD_FIELDS).read(body, "")
    room = access.get_class(get_enterprise(wanted["sdkappid"]), wanted["class_id"])
    began = room.status == "will" and _begin(room, wanted)
    ended = room.status == "ing" and bool(wanted.get("real_stop_time")) and _end(room, wanted, at_once=began)
    if began or ended:
        ledger.record_effect(room.enterprise, "class", room.class_id, "held", status=room.status)
    return {"class_id": room.class_id, "status": room.status, "held": began or ended}


def _begin(room: Classroom, wanted: dict[str, Any]) -> bool:
    if "real_start_time" not in wanted:
        raise invalid("a class that has not begun needs real_start_time")
    room.status, room.real_start_time = "ing", wanted["real_start_time"]
    # Known before the stays: one without an end lasts to the end of the class.
    room.real_stop_time = wanted.get("real_stop_time", 0)
    if room.real_stop_time and room.real_stop_time < room.real_start_time:
        raise invalid("real_stop_time lies before real_start_time")
    room.save(update_fields=["status", "real_start_time", "real_stop_time"])
    create_stays(room, wanted.get("stays", []))
    if wanted.get("callbacks"):
        callback_queue.enqueue_class_begin(room)
    if not room.real_stop_time and wanted.get("recordings"):
        recordings.start_recording(room)
    return True


def _end(room: Classroom, wanted: dict[str, Any], *, at_once: bool) -> bool:
    """End a class; `at_once` one that began in the same call, whose recording is there as a whole."""
    room.status, room.real_stop_time = "end", max(wanted["real_stop_time"], room.real_start_time)
    room.save(update_fields=["status", "real_stop_time"])
    presence.end_all_stays(room, room.real_stop_time)
    if wanted.get("callbacks"):
        callback_queue.enqueue_class_over(room)
    if not at_once:
        recordings.stop_recording(room)
    elif recordings.is_recorded(room):
        create_recording(room, wanted.get("recordings"))
    return True
