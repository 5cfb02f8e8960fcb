"""Planting a class that, as far as the API can tell, really happened.

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

from .. import address, clock, ledger
from ..callbacks import queue
from ..door import owner
from ..endpoint import Answer
from ..errors import invalid
from ..fields import Bool, Field, Int, ListOf, Obj, Text, moment, switch
from ..paas import classes as form
from ..paas.members import NEW_MEMBER
from ..paas.users import NEW_USER
from ..rules import access, classes, presence, recordings, users
from ..store.models import Classroom, Enterprise, Member, Person, Recording, Stay
from ..store.write import writing

LEFT_OUT = ("admin_id", "admin_sig", "members")
CLASS = Obj("class", (
    *(f for f in form.FORM if f.name not in LEFT_OUT),
    *(moment(name) for name in ("create_time", "real_start_time", "real_stop_time")),
), required=True)  # fmt: skip
STAY = Obj("", (
    Text("user_id", required=True),
    moment("enter_time", required=True),
    moment("quit_time"),
    *(switch(name) for name in presence.REMEMBERED),
    Bool("screen_used"),
))  # fmt: skip
FORM: tuple[Field, ...] = (
    Int("sdkappid", required=True),
    Text("plant_key"),
    ListOf("users", NEW_USER),
    CLASS,
    ListOf("members", NEW_MEMBER),
    ListOf("stays", STAY),
    Bool("callbacks"),
)


def plant(body: dict[str, Any]) -> Answer:
    """One class, or many."""
    many = body.get("classes")
    with writing():
        if isinstance(many, list):
            return {"planted": [_plant_one(one) for one in many]}
        return _plant_one(body)


def _plant_one(body: object) -> Answer:
    wanted = Obj("", FORM).read(body, "")
    enterprise = owner(wanted["sdkappid"])
    key = wanted.get("plant_key")
    there = Classroom.objects.filter(enterprise=enterprise, plant_key=key).first() if key else None
    if there is not None:
        return {"class_id": there.class_id, "planted": False} | address.links(there)
    _register_absent(enterprise, wanted.get("users", []))
    room = _classroom(enterprise, wanted)
    _stays(room, wanted.get("stays", []))
    if wanted.get("callbacks"):
        _owe(room)
    _recordings(room, body.get("recordings") if isinstance(body, dict) else None)
    ledger.effect(enterprise, "class", room.class_id, "planted", status=room.status)
    return {"class_id": room.class_id, "planted": True} | address.links(room)


def _register_absent(enterprise: Enterprise, wanted: list[dict[str, Any]]) -> None:
    known = set(Person.objects.filter(enterprise=enterprise).values_list("user_id", flat=True))
    for one in wanted:
        if one["user_id"] not in known:
            known.add(one["user_id"])
            users.create(enterprise, **one)


def _classroom(enterprise: Enterprise, wanted: dict[str, Any]) -> Classroom:
    given = wanted["class"]
    start = given.get("start_time", given.get("real_start_time", clock.now()))
    room = Classroom(
        enterprise=enterprise,
        topic=given.get("class_topic", ""),
        plant_key=wanted.get("plant_key"),
        create_time=given.get("create_time", min(start, clock.now())),
        real_start_time=given.get("real_start_time", 0),
        real_stop_time=given.get("real_stop_time", 0),
        **({"class_type": "public", "start_time": start, "stop_time": start + classes.TWO_HOURS}
           | {name: given[name] for name in classes.COLUMNS if name in given}),
    )  # fmt: skip
    room.settings = classes.SETTINGS_DEFAULTS | classes.settings_of(given)
    room.status = "end" if room.real_stop_time else "ing" if room.real_start_time else "will"
    if room.real_stop_time and not room.real_start_time <= room.real_stop_time:
        raise invalid("class.real_stop_time lies before class.real_start_time")
    room.save()
    room.topic = room.topic or str(room.class_id)
    room.save(update_fields=["topic"])
    classes.replace_members(room, wanted.get("members", []))
    return room


def _stays(room: Classroom, wanted: list[dict[str, Any]]) -> None:
    people = access.people(room.enterprise, [one["user_id"] for one in wanted])
    roles = dict(Member.objects.filter(classroom=room).values_list("person", "role"))
    for one in wanted:
        person = people[one["user_id"]]
        quit_time = one.get("quit_time", room.real_stop_time or None)
        if quit_time is not None and quit_time < one["enter_time"]:
            raise invalid(f"a stay of {person.user_id} ends before it begins")
        states = {name: one[name] for name in presence.REMEMBERED if name in one}
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


def _owe(room: Classroom) -> None:
    if room.real_start_time:
        queue.begun(room)
    if room.real_stop_time:
        queue.over(room)


def _recordings(room: Classroom, wanted: object) -> None:
    if not wanted:
        return
    if not room.real_stop_time:
        raise invalid("only a class that is over has recordings")
    recording = Recording(classroom=room, start_time=room.real_start_time, stop_time=room.real_stop_time)
    recording.tracks = wanted if isinstance(wanted, list) else recordings.tracks_of(room, recording)
    recording.save()
    recordings.tell(recording)
