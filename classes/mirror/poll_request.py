"""Poll one lesson: the requests to the service and their results. Uses no database."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from classes.choices import Status
from classes.mirror.poll_policy import count_suffices
from classes.models import Lesson
from console.iclass import ClassInfo, Client, HistoryMember, IClassError, RuntimeMember, Walk
from console.iclass import walk as walk_pages


@dataclass
class PollResult:
    """Result of polling one lesson.

    `room_total` and `history_total` come from `/member/runtime/total` and `/member/history/total`. `error`
    is why the members could not be read; `info` counts all the same.
    """

    seen_at: datetime
    info: ClassInfo | None = None
    room_total: int | None = None
    room: Walk[RuntimeMember] | None = None
    history: Walk[HistoryMember] | None = None
    history_total: int = 0
    error: IClassError | None = None

    @property
    def is_live(self) -> bool:
        """Whether the poll saw a room."""
        return self.error is None and (self.room is not None or self.room_total is not None)

    @property
    def room_is_complete(self) -> bool:
        """Whether the list was read to its end, so that a missing person is not in the room."""
        return self.room is not None and self.room.complete and not self.room.odd


def poll_lesson(client: Client, lesson: Lesson) -> PollResult:
    """Ask the service. Uses no database, because it runs in a thread.

    Raises IClassError if `/class/info` fails. A failing list of members does not discard the answer of
    `/class/info`: otherwise a lesson whose history cannot be read would never be over here.
    """
    result = PollResult(timezone.now(), client.classes.info(int(lesson.remote_id)))
    try:
        _poll_members(client, lesson, result)
    except IClassError as error:
        result.error = error
    return result


def _poll_members(client: Client, lesson: Lesson, result: PollResult) -> None:
    class_id, members = int(lesson.remote_id), client.members
    assert result.info is not None
    if result.info.class_status == Status.ING:
        result.room_total = members.runtime_total(class_id) if count_suffices(lesson) else None
        if result.room_total is None or result.room_total != lesson.room_total:
            result.room = walk_pages(
                lambda index, size: members.runtime_list(class_id, index, size), _member_key
            )
        result.seen_at = timezone.now()
    elif result.info.class_status == Status.END:
        history = walk_pages(lambda index, size: members.history_list(class_id, index, size), _history_key)
        result.history_total = members.history_total(class_id)
        result.history = history


def _member_key(line: RuntimeMember) -> str:
    return line.user_id


def _history_key(line: HistoryMember) -> tuple[str, int, int]:
    return line.user_id, line.enter_time, line.quit_time
