"""Actions of the control interface, except planting."""

from typing import Any

from console.sandbox import clock, knobs, ledger, periodic_work
from console.sandbox.callbacks import callback_queue
from console.sandbox.endpoint import Answer
from console.sandbox.errors import invalid
from console.sandbox.faults import registry
from console.sandbox.fields import Bool, Field, Int, Object, Text
from console.sandbox.request_handling import get_enterprise
from console.sandbox.services import enterprises, steps
from console.sandbox.store import write_transaction
from console.sandbox.store.models import Callback, Document, Event, Recording


def show_ledger(asked: dict[str, str]) -> Answer:
    """`?after=N&limit=M`: entries after N, oldest first; continue with `last`."""
    found = ledger.entries_after(
        int_parameter(asked, "after", 0), min(int_parameter(asked, "limit", 10_000), 10_000)
    )
    return {"entries": found, "last": found[-1]["seq"] if found else int_parameter(asked, "after", 0)}


def show_faults(asked: dict[str, str]) -> Answer:
    """Return the armed faults and the available kinds."""
    return {"armed": registry.list_armed(), "kinds": registry.KINDS}


def arm_faults(body: dict[str, Any]) -> Answer:
    """`{"arm": {…}}` or `{"arm": [{…}, …]}` arms; `{"clear": true}` or `{"clear": N}` disarms."""
    cleared = 0
    if gone := body.get("clear"):
        cleared = registry.clear_faults(None if gone is True else gone)
    wanted = body.get("arm", [])
    armed = [registry.arm_fault(one).number for one in (wanted if isinstance(wanted, list) else [wanted])]
    return {"numbers": armed, "cleared": cleared}


def show_knobs(asked: dict[str, str]) -> Answer:
    """Return the value of each knob with its default, its choices and its source."""
    told = [
        {"name": k.name, "value": knobs.value(k.name), "default": k.default, "choices": k.choices,
         "source": k.source, "about": k.about}
        for k in knobs.KNOBS
    ]  # fmt: skip
    return {"knobs": told, "values": knobs.all_values()}


def turn_knobs(body: dict[str, Any]) -> Answer:
    """`{name: value, …}`; null resets a knob."""
    knobs.set_knobs(body)
    return {"values": knobs.all_values()}


def show_clock(asked: dict[str, str]) -> Answer:
    """Return the service's time."""
    return clock.state()


CLOCK_FIELDS: tuple[Field, ...] = (
    Int("move"),
    Int("set", least=0, most=2**40),
    Bool("frozen"),
    Bool("reset"),
)


def move_clock(body: dict[str, Any]) -> Answer:
    """`{"move": S}`, `{"set": T, "frozen": bool}`, `{"frozen": bool}` or `{"reset": true}`.

    What became due meanwhile is done before the answer; callbacks leave a moment later.
    """
    wanted = Object("", CLOCK_FIELDS).read(body, "")
    if wanted.get("reset"):
        clock.reset()
    if "set" in wanted or "frozen" in wanted:
        clock.set_time(wanted.get("set", clock.timestamp()), frozen=wanted.get("frozen", False))
    clock.move(wanted.get("move", 0))
    with write_transaction():
        periodic_work.save_clock()
    periodic_work.run_due_work()
    callback_queue.wakeup.set()
    return clock.state()


def show_callbacks(asked: dict[str, str]) -> Answer:
    """`?after=ID&state=S&sdkappid=N`: the queued events with their state."""
    owed = (
        Callback.objects.filter(pk__gt=int_parameter(asked, "after", 0))
        .order_by("id")
        .select_related("enterprise")
    )
    if state := asked.get("state"):
        owed = owed.filter(state=state)
    if app := int_parameter(asked, "sdkappid", 0):
        owed = owed.filter(enterprise__sdkappid=app)
    names = ("id", "event", "data", "state", "attempts", "created_at", "due_at", "last_status", "last_answer")
    return {
        "callbacks": [{"sdkappid": c.enterprise.sdkappid} | {n: getattr(c, n) for n in names} for c in owed]
    }


def send_callback(body: dict[str, Any]) -> Answer:
    """`{"sdkappid": N, "event": S, "data": {…}}` queues an event; `{"again": ID}` queues one again;
    `{"drop_waiting": true}` empties the queue."""
    if body.get("drop_waiting"):
        return {"dropped": Callback.objects.filter(state="waiting").update(state="dropped")}
    wanted = Object("", (Int("sdkappid"), Text("event", most=32), Int("again"))).read(body, "")
    with write_transaction():
        if "again" in wanted:
            before = Callback.objects.select_related("enterprise").filter(pk=wanted["again"]).first()
            if before is None:
                raise invalid("there is no such callback")
            owed = callback_queue.enqueue_callback(before.enterprise, before.event, before.data)
        else:
            owed = callback_queue.enqueue_callback(
                get_enterprise(wanted.get("sdkappid", 0)), wanted.get("event", ""), body.get("data", {})
            )
    return {"id": owed.pk, "state": owed.state}


def advance_work(body: dict[str, Any]) -> Answer:
    """`{"kind": "transcode"|"recording"[, "doc_id": S | "class_id": N]}`: advance by one step."""
    shape = (Text("kind", required=True, words=("transcode", "recording")), Text("doc_id"), Int("class_id"))
    wanted = Object("", shape).read(body, "")
    with write_transaction():
        count = steps.advance_steps(wanted["kind"], _work_reference(wanted))
        periodic_work.run_due_steps()
    return {"advanced": count}


def _work_reference(wanted: dict[str, Any]) -> int | None:
    if "doc_id" in wanted:
        ref = Document.objects.filter(doc_id=wanted["doc_id"]).values_list("pk", flat=True).first()
    elif "class_id" in wanted:
        ref = Recording.objects.filter(classroom=wanted["class_id"]).values_list("pk", flat=True).first()
    else:
        return None
    if ref is None:
        raise invalid("there is no such piece of work")
    return int(ref)


ENTERPRISE_FIELDS: tuple[Field, ...] = (
    Int("sdkappid", required=True), Text("tic_key"), Text("private_key"), Text("name"), Text("super_admin"),
    Text("call_back_url"), Text("room_url"), Text("icon"), Text("busi_type"), Int("valid_time", least=0),
    Int("create_time", least=0), Int("bizid", least=0), Bool("remove"),
)  # fmt: skip


def change_enterprise(body: dict[str, Any]) -> Answer:
    """Set what no endpoint can: keys, classroom URL, validity, logo. With a `tic_key`, create it.

    With `{"remove": true}` it goes with all that it has; with a `tic_key`, another takes its number.
    """
    wanted = Object("", ENTERPRISE_FIELDS).read(body, "")
    number_of = wanted.pop("sdkappid")
    with write_transaction():
        if wanted.pop("remove", False):
            former_pk = enterprises.remove(get_enterprise(number_of))
            if "tic_key" not in wanted:
                return {}
            wanted["id"] = former_pk
        if "tic_key" not in wanted:
            get_enterprise(number_of)  # refuses one that is unknown
        enterprises.ensure(number_of, **wanted)
    return {}


def show_events(asked: dict[str, str]) -> Answer:
    """`?class_id=N`: the events that class clients reported in a class, in order."""
    rows = (
        Event.objects.filter(classroom=int_parameter(asked, "class_id", 0))
        .select_related("person")
        .order_by("id")
    )
    return {
        "events": [{"user_id": e.person.user_id, "event": e.event, "data": e.data, "at": e.at} for e in rows]
    }


def int_parameter(asked: dict[str, str], name: str, default: int) -> int:
    """Return an integer parameter of the query."""
    text = asked.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else default
