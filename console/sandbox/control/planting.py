"""Plant a class that, as far as the API shows, took place.

`POST /control/plant`:

    {"sdkappid": 1400000001,
     "plant_key": "2026-03-02/maths",       optional: planting a key again changes nothing
     "users": [{"user_id", "role", "nickname", …}],   made where absent, as user/register would
     "class": {"teacher_id", "class_topic", "class_type", "assistant_id", "start_time", "stop_time",
               "create_time", "real_start_time", "real_stop_time", "settings", "record_types", …},
     "members": [{"user_id", "role"}],
     "stays": [{"user_id", "enter_time", "quit_time", "camera", "mic", "speaker", "silence", "hand_up"}],
     "recordings": true | [{VideoInfo}],    optional: told by online_record_stop, as ever
     "callbacks": false}                    true: class_begin and class_over are owed as well

Times are seconds since 1970. `real_stop_time` makes the class over, `real_start_time` alone makes it run, a
stay without `quit_time` lasts to the end of the class (or is open while it runs). The answer is
`{class_id, teacher_url, student_url, planted}`; `planted` is false where the key was there already.
`{"classes": [{…}, …]}` plants many and answers `{"planted": [{…}, …]}`; if one is refused, none is planted.
"""

from typing import Any

from console.sandbox import clock, ledger, links
from console.sandbox.callbacks import callback_queue
from console.sandbox.endpoint import Answer
from console.sandbox.errors import invalid
from console.sandbox.fields import Bool, Field, Int, ListOf, Object, Text, flag_field, timestamp_field
from console.sandbox.paas import classes as form
from console.sandbox.paas.members import NEW_MEMBER
from console.sandbox.paas.users import NEW_USER
from console.sandbox.request_handling import get_enterprise
from console.sandbox.services import access, classes, presence, recordings, users
from console.sandbox.store import write_transaction
from console.sandbox.store.models import Classroom, Enterprise, Member, Person, Recording, Stay

EXCLUDED_FIELDS = ("admin_id", "admin_sig", "members")
CLASS_FIELD = Object("class", (
    *(f for f in form.CREATE_FIELDS if f.name not in EXCLUDED_FIELDS),
    *(timestamp_field(name) for name in ("create_time", "real_start_time", "real_stop_time")),
), required=True)  # fmt: skip
STAY_FIELD = Object("", (
    Text("user_id", required=True),
    timestamp_field("enter_time", required=True),
    timestamp_field("quit_time"),
    *(flag_field(name) for name in presence.STATE_FIELDS),
    Bool("screen_used"),
))  # fmt: skip
PLANT_FIELDS: tuple[Field, ...] = (
    Int("sdkappid", required=True),
    Text("plant_key"),
    ListOf("users", NEW_USER),
    CLASS_FIELD,
    ListOf("members", NEW_MEMBER),
    ListOf("stays", STAY_FIELD),
    Bool("callbacks"),
)


def plant(body: dict[str, Any]) -> Answer:
    """Plant one class, or several."""
    many = body.get("classes")
    with write_transaction():
        if isinstance(many, list):
            return {"planted": [_plant_one(one) for one in many]}
        return _plant_one(body)


def _plant_one(body: object) -> Answer:
    wanted = Object("", PLANT_FIELDS).read(body, "")
    enterprise = get_enterprise(wanted["sdkappid"])
    key = wanted.get("plant_key")
    there = Classroom.objects.filter(enterprise=enterprise, plant_key=key).first() if key else None
    if there is not None:
        return {"class_id": there.class_id, "planted": False} | links.class_urls(there)
    _register_missing_users(enterprise, wanted.get("users", []))
    room = _create_classroom(enterprise, wanted)
    create_stays(room, wanted.get("stays", []))
    if wanted.get("callbacks"):
        _enqueue_callbacks(room)
    create_recording(room, body.get("recordings") if isinstance(body, dict) else None)
    ledger.record_effect(enterprise, "class", room.class_id, "planted", status=room.status)
    return {"class_id": room.class_id, "planted": True} | links.class_urls(room)


def _register_missing_users(enterprise: Enterprise, wanted: list[dict[str, Any]]) -> None:
    known = set(Person.objects.filter(enterprise=enterprise).values_list("user_id", flat=True))
    for one in wanted:
        if one["user_id"] not in known:
            known.add(one["user_id"])
            users.create(enterprise, **one)


def _create_classroom(enterprise: Enterprise, wanted: dict[str, Any]) -> Classroom:
    given = wanted["class"]
    start = given.get("start_time", given.get("real_start_time", clock.now()))
    room = Classroom(
        enterprise=enterprise,
        topic=given.get("class_topic", ""),
        plant_key=wanted.get("plant_key"),
        create_time=given.get("create_time", min(start, clock.now())),
        real_start_time=given.get("real_start_time", 0),
        real_stop_time=given.get("real_stop_time", 0),
        **({"class_type": "public", "start_time": start, "stop_time": start + classes.DEFAULT_SECONDS}
           | {name: given[name] for name in classes.COLUMNS if name in given}),
    )  # fmt: skip
    room.settings = classes.SETTINGS_DEFAULTS | classes.read_settings(given)
    room.status = "end" if room.real_stop_time else "ing" if room.real_start_time else "will"
    if room.real_stop_time and not room.real_start_time <= room.real_stop_time:
        raise invalid("class.real_stop_time lies before class.real_start_time")
    room.save()
    room.topic = room.topic or str(room.class_id)
    room.save(update_fields=["topic"])
    classes.replace_members(room, wanted.get("members", []))
    return room


def create_stays(room: Classroom, wanted: list[dict[str, Any]]) -> None:
    """Who was in the class and when; a stay without an end lasts to the end of a class that is over."""
    people = access.get_people(room.enterprise, [one["user_id"] for one in wanted])
    roles = dict(Member.objects.filter(classroom=room).values_list("person", "role"))
    for one in wanted:
        person = people[one["user_id"]]
        quit_time = one.get("quit_time", room.real_stop_time or None)
        if quit_time is not None and quit_time < one["enter_time"]:
            raise invalid(f"a stay of {person.user_id} ends before it begins")
        states = {name: one[name] for name in presence.STATE_FIELDS if name in one}
        Stay.objects.create(
            classroom=room,
            person=person,
            role=roles.get(person.pk, person.role),
            enter_time=one["enter_time"],
            quit_time=quit_time,
            camera_used=bool(one.get("camera")),
            screen_used=one.get("screen_used", False),
            **states,
        )


def _enqueue_callbacks(room: Classroom) -> None:
    if room.real_start_time:
        callback_queue.enqueue_class_begin(room)
    if room.real_stop_time:
        callback_queue.enqueue_class_over(room)


def create_recording(room: Classroom, wanted: object) -> None:
    """The tracks of a class that is over: those given, or those that its stays make."""
    if not wanted:
        return
    if not room.real_stop_time:
        raise invalid("only a class that is over has recordings")
    recording = Recording(classroom=room, start_time=room.real_start_time, stop_time=room.real_stop_time)
    recording.tracks = wanted if isinstance(wanted, list) else recordings.build_tracks(room, recording)
    recording.save()
    recordings.enqueue_record_stop(recording)
