"""上课, 下课: will → ing → end."""

from django.db.models import QuerySet

from .. import clock, knobs, ledger
from ..callbacks import queue
from ..errors import Code, Refusal, invalid
from ..store.models import Classroom, Stay
from . import presence, recordings


def start(room: Classroom, *, by_client: bool) -> None:
    """Begin a class. A start of a running class changes nothing; one that is over stays over (10224).

    `by_client`: only the class client's start raises class_begin (document, 事件回调 1).
    """
    if room.status == "end":
        raise Refusal(Code.CLASS_OVER, "the class is over")
    if room.status == "ing":
        return
    room.status = "ing"
    room.real_start_time = clock.now()
    room.save(update_fields=["status", "real_start_time"])
    ledger.effect(room.enterprise, "class", room.class_id, "started", real_start_time=room.real_start_time)
    if by_client:
        queue.begun(room)
    recordings.begin(room)


def stop(room: Classroom, *, by_client: bool, why: str = "stop") -> None:
    """End a class: everybody leaves. A stop of a class that is over changes nothing."""
    if room.status == "will":
        raise invalid("the class has not begun")
    if room.status == "end":
        return
    room.status = "end"
    room.real_stop_time = max(clock.now(), room.real_start_time)
    room.save(update_fields=["status", "real_stop_time"])
    ledger.effect(
        room.enterprise, "class", room.class_id, "stopped", real_stop_time=room.real_stop_time, why=why
    )
    presence.end_all_stays(room, room.real_stop_time)
    if by_client:
        queue.over(room)
    recordings.end(room)


def overdue() -> QuerySet[Classroom]:
    """The running classes whose planned end has passed, if they end by themselves at all."""
    if not knobs.value("auto_end"):
        return Classroom.objects.none()
    return Classroom.objects.filter(status="ing", stop_time__lte=clock.now(), deleted=False)


def end_abandoned() -> None:
    """End the overdue classes whose room has stood empty long enough."""
    now = clock.now()
    for room in overdue().select_related("enterprise"):
        if now - _empty_since(room, now) >= knobs.value("auto_end_empty_s"):
            stop(room, by_client=False, why="planned end passed, room empty")


def _empty_since(room: Classroom, now: int) -> int:
    """Since when nobody has been in the room; now, if somebody is."""
    stays = Stay.objects.filter(classroom=room)
    if stays.filter(quit_time=None).exists():
        return now
    last = stays.order_by("-quit_time").values_list("quit_time", flat=True).first()
    return max(room.real_start_time, last or 0)
