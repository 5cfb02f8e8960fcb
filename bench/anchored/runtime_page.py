"""Storing a page of 100 people of the runtime list, against an upsert of a row per person."""

from datetime import UTC, datetime
from functools import partial

from django.db import connection
from django.utils import timezone

from bench import planting
from bench.figures import Figure, medians, ms, report, seconds
from bench.service import BEGAN
from classes.attendance.evidence import record_runtime
from classes.models import Attendance, Lesson
from console.iclass import Devices, RuntimeMember

PEOPLE, BAR = 100, 2.3


def line(number: int, mic: int) -> RuntimeMember:
    status = Devices(camera=1, mic=mic, speaker=1, silence=0, hand_up=0)
    name = f"p{number}"
    return RuntimeMember(user_id=name, nickname=name, role="student", enter_time=BEGAN, status=status)


class Room:
    """A room of 100 people. Each call stores one more page with so many changed people, in either way."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson, self.turn = lesson, 0

    def page(self, changed: int) -> list[RuntimeMember]:
        self.turn += 1
        return [line(number, self.turn % 2 if number < changed else 0) for number in range(PEOPLE)]

    def ours(self, changed: int) -> float:
        page = self.page(changed)
        return seconds(lambda: record_runtime(self.lesson, page, seen_at=timezone.now()))

    def anchor(self, changed: int) -> float:
        page, now = self.page(changed), timezone.now()
        fields = ["nickname", "role", "first_entered_at", "reason", "reckoned_at"]

        def upsert() -> None:
            Attendance.objects.bulk_create(
                (
                    Attendance(
                        lesson=self.lesson,
                        user_id=member.user_id,
                        nickname=member.nickname,
                        role=member.role,
                        first_entered_at=datetime.fromtimestamp(member.enter_time, UTC),
                        reason={"mic": member.status.mic},
                        reckoned_at=now,
                    )
                    for member in page
                ),
                update_conflicts=True,
                unique_fields=["lesson", "user_id"],
                update_fields=fields,
            )

        return seconds(upsert)


def measure(quick: bool) -> int:
    rounds = 2 if quick else 60
    planting.create_live_lessons(planting.create_school(1), 1, 1, BEGAN)
    room = Room(Lesson.objects.get())
    figures = []
    for what, changed in (("two changed", 2), ("nothing changed", 0), ("all changed", PEOPLE)):
        ours, anchor = medians(rounds, partial(room.ours, changed), partial(room.anchor, changed))
        bar = BAR if changed < PEOPLE else 1.0
        figures.append(Figure(f"page of 100, {what}", ms(anchor), ms(ours), anchor / ours, bar, True))
    room.ours(0)
    before = _rows(room.lesson)
    record_runtime(room.lesson, room.page(0), seen_at=timezone.now())
    written = [after - was for was, after in zip(before, _rows(room.lesson), strict=True)]
    figures.append(
        Figure("rows a person of an unchanged page", "100", str(written[0]), written[0], 0, sign="")
    )
    return report("runtime_page", figures, [NOTE], keep=not quick)


NOTE = (
    "Ratios are the anchor's time by ours. Evidence is append-only: a page adds a row for each person who "
    "changed, and for one without change a single row that says when somebody looked."
)


def _rows(lesson: Lesson) -> list[int]:
    """Return the numbers of rows about people, and of all rows, in a lesson's evidence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE user_id <> ''), count(*) FROM classes_observation"
            " WHERE lesson_id = %s",
            [lesson.pk],
        )
        return list(cursor.fetchone())
