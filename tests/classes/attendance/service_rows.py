"""Lines of the service's lists, and a lesson that was polled."""

from datetime import UTC, datetime, timedelta

from classes.attendance.evidence import record_history, record_runtime
from classes.models import Lesson
from console.iclass import HistoryMember, RuntimeMember
from console.iclass.types.members import Devices
from tests.classes.attendance.simulated_lessons import at


def moment(clock: str) -> datetime:
    """The moment at which the clock of the school shows this on the day of the lesson."""
    return datetime.fromtimestamp(at(clock), UTC)


def runtime_member(user_id: str, entered: str, **devices: int) -> RuntimeMember:
    return RuntimeMember(
        user_id=user_id,
        nickname=user_id.title(),
        role="student",
        enter_time=at(entered),
        status=Devices(**devices),
    )


def history_member(user_id: str, entered: str, left: str | None) -> HistoryMember:
    return HistoryMember(user_id=user_id, enter_time=at(entered), quit_time=at(left) if left else 0)


def poll_lesson(
    lesson: Lesson,
    visits: dict[str, list[tuple[str, str]]],
    *,
    since: str = "7:59:50",
    until: str = "8:45",
) -> None:
    """Poll the room every 20 seconds while people come and go."""
    now, end = moment(since), moment(until)
    while now <= end:
        room = [
            runtime_member(user_id, entered)
            for user_id, stays in visits.items()
            for entered, left in stays
            if moment(entered) <= now < moment(left)
        ]
        record_runtime(lesson, room, seen_at=now)
        now += timedelta(seconds=20)


def record_history_rows(lesson: Lesson, visits: dict[str, list[tuple[str, str]]]) -> None:
    lines = [history_member(user_id, *stay) for user_id, stays in visits.items() for stay in stays]
    record_history(lesson, lines, seen_at=moment("8:46"))
