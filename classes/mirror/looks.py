"""One look at one lesson: what the service is asked, and what it told. No database here."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from classes.kinds import Status
from classes.mirror.quiet import number_will_do
from classes.models import Lesson
from console.iclass import ClassInfo, Client, HistoryMember, RuntimeMember, Walk
from console.iclass import walk as walk_pages


@dataclass
class Look:
    """What one look at one lesson brought.

    `room_total` and `history_total` are what `/member/runtime/total` and `/member/history/total` told.
    """

    seen_at: datetime
    info: ClassInfo | None = None
    room_total: int | None = None
    room: Walk[RuntimeMember] | None = None
    history: Walk[HistoryMember] | None = None
    history_total: int = 0

    @property
    def is_live(self) -> bool:
        """Whether it looked into a room."""
        return self.room is not None or self.room_total is not None

    @property
    def room_is_whole(self) -> bool:
        """Whether the list was read to its end, so that it tells who is missing from it."""
        return self.room is not None and self.room.complete and not self.room.odd


def ask(client: Client, lesson: Lesson) -> Look:
    """Ask the service; no database here, for this runs in a thread."""
    class_id = int(lesson.remote_id)
    members = client.members
    info = client.classes.info(class_id)
    look = Look(timezone.now(), info)
    if info.class_status == Status.ING:
        look.room_total = members.runtime_total(class_id) if number_will_do(lesson) else None
        if look.room_total is None or look.room_total != lesson.room_total:
            look.room = walk_pages(lambda index, size: members.runtime_list(class_id, index, size), _person)
        look.seen_at = timezone.now()
    elif info.class_status == Status.END:
        look.history = walk_pages(lambda index, size: members.history_list(class_id, index, size), _stay)
        look.history_total = members.history_total(class_id)
    return look


def _person(line: RuntimeMember) -> str:
    return line.user_id


def _stay(line: HistoryMember) -> tuple[str, int, int]:
    return line.user_id, line.enter_time, line.quit_time
