"""What the control interface shows and does, save planting."""

from typing import Any

from .. import clock, housekeeping, knobs, ledger
from ..callbacks import queue
from ..door import owner
from ..endpoint import Answer
from ..errors import invalid
from ..faults import plan
from ..fields import Bool, Field, Int, Obj, Text
from ..rules import enterprises, steps
from ..store.models import Callback, Document, Event, Recording
from ..store.write import writing


def show_ledger(asked: dict[str, str]) -> Answer:
    """`?after=N&limit=M`: lines after N, oldest first; `last` is where to go on."""
    found = ledger.entries(number(asked, "after", 0), min(number(asked, "limit", 10_000), 10_000))
    return {"entries": found, "last": found[-1]["seq"] if found else number(asked, "after", 0)}


def show_faults(asked: dict[str, str]) -> Answer:
    """What is armed, and the kinds there are."""
    return {"armed": plan.armed(), "kinds": plan.KINDS}


def arm_faults(body: dict[str, Any]) -> Answer:
    """`{"arm": {…}}` or `{"arm": [{…}, …]}` arms; `{"clear": true}` or `{"clear": N}` disarms."""
    cleared = 0
    if gone := body.get("clear"):
        cleared = plan.clear(None if gone is True else gone)
    wanted = body.get("arm", [])
    armed = [plan.arm(one).number for one in (wanted if isinstance(wanted, list) else [wanted])]
    return {"numbers": armed, "cleared": cleared}


def show_knobs(asked: dict[str, str]) -> Answer:
    """Where every knob stands, with its default, its choices and its source."""
    told = [
        {"name": k.name, "value": knobs.value(k.name), "default": k.default, "choices": k.choices,
         "source": k.source, "about": k.about}
        for k in knobs.KNOBS
    ]  # fmt: skip
    return {"knobs": told, "values": knobs.positions()}


def turn_knobs(body: dict[str, Any]) -> Answer:
    """`{name: position, …}`; null puts a knob back."""
    knobs.turn(body)
    return {"values": knobs.positions()}


def show_clock(asked: dict[str, str]) -> Answer:
    """The service's time."""
    return clock.state()


CLOCK: tuple[Field, ...] = (Int("move"), Int("set", least=0, most=2**40), Bool("frozen"), Bool("reset"))


def move_clock(body: dict[str, Any]) -> Answer:
    """`{"move": S}`, `{"set": T, "frozen": bool}`, `{"frozen": bool}` or `{"reset": true}`.

    What became due meanwhile is done before the answer; callbacks leave a moment later.
    """
    wanted = Obj("", CLOCK).read(body, "")
    if wanted.get("reset"):
        clock.reset()
    if "set" in wanted or "frozen" in wanted:
        clock.put(wanted.get("set", clock.precise()), frozen=wanted.get("frozen", False))
    clock.move(wanted.get("move", 0))
    with writing():
        housekeeping.keep_clock()
    housekeeping.look()
    queue.bell.set()
    return clock.state()


def show_callbacks(asked: dict[str, str]) -> Answer:
    """`?after=ID&state=S&sdkappid=N`: the events owed, with their state."""
    owed = (
        Callback.objects.filter(pk__gt=number(asked, "after", 0)).order_by("id").select_related("enterprise")
    )
    if state := asked.get("state"):
        owed = owed.filter(state=state)
    if app := number(asked, "sdkappid", 0):
        owed = owed.filter(enterprise__sdkappid=app)
    names = ("id", "event", "data", "state", "attempts", "created_at", "due_at", "last_status", "last_answer")
    return {
        "callbacks": [{"sdkappid": c.enterprise.sdkappid} | {n: getattr(c, n) for n in names} for c in owed]
    }


def send_callback(body: dict[str, Any]) -> Answer:
    """`{"sdkappid": N, "event": S, "data": {…}}` owes any event; `{"again": ID}` owes one of before anew;
    `{"drop_waiting": true}` owes nothing any more."""
    if body.get("drop_waiting"):
        return {"dropped": Callback.objects.filter(state="waiting").update(state="dropped")}
    wanted = Obj("", (Int("sdkappid"), Text("event", most=32), Int("again"))).read(body, "")
    with writing():
        if "again" in wanted:
            before = Callback.objects.select_related("enterprise").filter(pk=wanted["again"]).first()
            if before is None:
                raise invalid("there is no such callback")
            owed = queue.event(before.enterprise, before.event, before.data)
        else:
            owed = queue.event(
                owner(wanted.get("sdkappid", 0)), wanted.get("event", ""), body.get("data", {})
            )
    return {"id": owed.pk, "state": owed.state}


def advance(body: dict[str, Any]) -> Answer:
    """`{"kind": "transcode"|"recording"[, "doc_id": S | "class_id": N]}`: each piece of work one step on."""
    shape = (Text("kind", required=True, words=("transcode", "recording")), Text("doc_id"), Int("class_id"))
    wanted = Obj("", shape).read(body, "")
    with writing():
        count = steps.advance(wanted["kind"], _piece(wanted))
        housekeeping.take_due_steps()
    return {"advanced": count}


def _piece(wanted: dict[str, Any]) -> int | None:
    if "doc_id" in wanted:
        ref = Document.objects.filter(doc_id=wanted["doc_id"]).values_list("pk", flat=True).first()
    elif "class_id" in wanted:
        ref = Recording.objects.filter(classroom=wanted["class_id"]).values_list("pk", flat=True).first()
    else:
        return None
    if ref is None:
        raise invalid("there is no such piece of work")
    return int(ref)


ENTERPRISE: tuple[Field, ...] = (
    Int("sdkappid", required=True), Text("tic_key"), Text("private_key"), Text("name"), Text("super_admin"),
    Text("call_back_url"), Text("room_url"), Text("icon"), Text("busi_type"), Int("valid_time", least=0),
    Int("create_time", least=0), Int("bizid", least=0),
)  # fmt: skip


def change_enterprise(body: dict[str, Any]) -> Answer:
    """Set what no endpoint can: keys, room address, validity, logo. With a `tic_key` it is made if absent."""
    wanted = Obj("", ENTERPRISE).read(body, "")
    number_of = wanted.pop("sdkappid")
    with writing():
        if "tic_key" not in wanted:
            owner(number_of)  # refuses one that is unknown
        enterprises.ensure(number_of, **wanted)
    return {}


def show_events(asked: dict[str, str]) -> Answer:
    """`?class_id=N`: what class clients reported in a class, in order."""
    rows = (
        Event.objects.filter(classroom=number(asked, "class_id", 0)).select_related("person").order_by("id")
    )
    return {
        "events": [{"user_id": e.person.user_id, "event": e.event, "data": e.data, "at": e.at} for e in rows]
    }


def number(asked: dict[str, str], name: str, default: int) -> int:
    """A whole number of the query."""
    text = asked.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else default
