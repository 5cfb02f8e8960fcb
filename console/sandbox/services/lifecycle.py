"""上课, 下课: will → ing → end."""

from django.db.models import QuerySet

from console.sandbox import clock, knobs, ledger
from console.sandbox.callbacks import callback_queue
from console.sandbox.errors import Code, Refusal, invalid
from console.sandbox.services import presence, recordings
from console.sandbox.store.models import Classroom, Stay


def start_class(room: Classroom, *, by_client: bool) -> None:
    """Start a class. Starting a running class changes nothing; one that is over stays over (10224).

    `by_client`: only the class client's start raises class_begin (document, 事件回调 1).
    """
    if room.status == "end":
        raise Refusal(Code.CLASS_OVER, "the class is over")
    if room.status == "ing":
        return
    room.status = "ing"
    room.real_start_time = clock.now()
    room.save(update_fields=["status", "real_start_time"])
    ledger.record_effect(
        room.enterprise, "class", room.class_id, "started", real_start_time=room.real_start_time
    )
    if by_client:
        callback_queue.enqueue_class_begin(room)
    recordings.start_recording(room)


def stop_class(room: Classroom, *, by_client: bool, why: str = "stop") -> None:
    """End a class: everybody leaves. Stopping a class that is over changes nothing."""
    if room.status == "will":
        raise invalid("the class has not begun")
    if room.status == "end":
        return
    room.status = "end"
    room.real_stop_time = max(clock.now(), room.real_start_time)
    room.save(update_fields=["status", "real_stop_time"])
    ledger.record_effect(
        room.enterprise, "class", room.class_id, "stopped", real_stop_time=room.real_stop_time, why=why
    )
    presence.end_all_stays(room, room.real_stop_time)
    if by_client:
        callback_queue.enqueue_class_over(room)
    recordings.stop_recording(room)


def overdue_classes() -> QuerySet[Classroom]:
    """Return running classes whose planned end has passed, if they end automatically."""
    if not knobs.value("auto_end"):
        return Classroom.objects.none()
    return Classroom.objects.filter(status="ing", stop_time__lte=clock.now(), deleted=False)


def end_abandoned_classes() -> None:
    """End overdue classes whose classroom has been empty long enough."""
    now = clock.now()
    for room in overdue_classes().select_related("enterprise"):
        if now - _empty_since(room, now) >= knobs.value("auto_end_empty_s"):
            stop_class(room, by_client=False, why="planned end passed, room empty")


def _empty_since(room: Classroom, now: int) -> int:
    """Return since when the classroom has been empty; now, if it is not."""
    stays = Stay.objects.filter(classroom=room)
    if stays.filter(quit_time=None).exists():
        return now
    last = stays.order_by("-quit_time").values_list("quit_time", flat=True).first()
    return max(room.real_start_time, last or 0)
