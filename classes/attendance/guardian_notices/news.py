"""What there is to tell: final marks of a few days, marks that were told and have changed, and warnings."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from accounts.models import GuardianNotice, GuardianNoticeSettings, Role
from classes.lessons.status import counted_lessons
from classes.models import Attendance, AttendanceWarning, Mark

#: Lessons that began earlier are not told of, for example when their history came late.
MAX_AGE = timedelta(days=7)
#: So long what was told is compared with the marks as they are.
CORRECTED_WITHIN = timedelta(days=60)
LATE = (Mark.LATE, Mark.LATE_AND_LEFT_EARLY)


class News(NamedTuple):
    """Something to tell about a student. `at` is when it was certain: nobody added later is told of it."""

    key: int
    at: datetime
    fact: dict[str, Any]


def counted_marks(settings: GuardianNoticeSettings) -> tuple[Mark, ...]:
    """Return the marks that a school tells guardians of."""
    return (Mark.ABSENT, *LATE) if settings.tells_late else (Mark.ABSENT,)


def absences_by_student(settings: GuardianNoticeSettings, now: datetime) -> dict[int, list[News]]:
    """Return the final marks that count, on days with enough of them, by student in the order of lessons."""
    if not settings.is_on or settings.on_since is None:
        return {}
    rows = _final_marks(settings.enterprise_id).filter(
        mark__in=counted_marks(settings),
        person__role=Role.STUDENT,
        person__is_active=True,
        person__erased_at=None,
        lesson__starts_at__gte=now - MAX_AGE,
        lesson__final_at__gte=settings.on_since,
    )
    names = ("person", "mark", "lesson", "lesson__topic", "lesson__starts_at", "lesson__final_at")
    by_day: dict[tuple[int, date], list[News]] = defaultdict(list)
    ordered = rows.order_by("person_id", "lesson__starts_at", "lesson_id").values_list(*names)
    for person, mark, lesson, topic, starts_at, final_at in ordered:
        fact = {"lesson": lesson, "topic": topic, "at": starts_at.isoformat(), "mark": mark}
        day = starts_at.astimezone(settings.enterprise.tz).date()
        by_day[person, day].append(News(lesson, final_at, fact))
    found: dict[int, list[News]] = defaultdict(list)
    for (person, _day), news in by_day.items():
        if len(news) >= settings.least_lessons:
            found[person] += news
    return found


def marks_of(school: int, lessons: Collection[int], people: Collection[int]) -> dict[tuple[int, int], str]:
    """Return the final marks as they are now, by lesson and student."""
    rows = _final_marks(school).filter(lesson__in=lessons, person__in=people)
    return {(lesson, person): mark for lesson, person, mark in rows.values_list("lesson", "person", "mark")}


def is_taken_back(was: str, now: str) -> bool:
    """Whether a mark that was told counts less against the student by now."""
    if was == Mark.ABSENT:
        return now != Mark.ABSENT
    return now not in (Mark.ABSENT, *LATE)


def warnings_by_student(school: int, now: datetime) -> dict[int, list[News]]:
    """Return the warnings that hold, of rules that name guardians, by student."""
    rows = AttendanceWarning.objects.filter(
        enterprise=school,
        ended_at=None,
        opened_at__gte=now - MAX_AGE,
        rule__tells_guardians=True,
        rule__removed_at=None,
        person__is_active=True,
        person__erased_at=None,
    )
    found: dict[int, list[News]] = defaultdict(list)
    for one in rows.order_by("pk"):
        found[one.person_id].append(News(one.pk, one.opened_at, _warning_fact(one)))
    return found


def withdrawn_warnings(keys: Iterable[int]) -> dict[int, News]:
    """Return those of these warnings that were taken back because marks were corrected."""
    rows = AttendanceWarning.objects.filter(pk__in=set(keys), state=AttendanceWarning.State.WITHDRAWN)
    return {one.pk: News(one.pk, one.opened_at, _warning_fact(one)) for one in rows}


def recent_notices(school: int, today: date) -> Any:
    """Return the notices of a school whose content is still compared with the marks."""
    return GuardianNotice.objects.filter(enterprise=school, day__gt=today - CORRECTED_WITHIN)


def _warning_fact(warning: AttendanceWarning) -> dict[str, Any]:
    names = ("kind", "count", "total", "days")
    return {"warning": warning.pk, **{name: warning.facts.get(name) for name in names}}


def _final_marks(school: int) -> Any:
    return Attendance.objects.filter(
        expected=True,
        provisional=False,
        person__isnull=False,
        lesson__enterprise=school,
        lesson__final_at__isnull=False,
        **counted_lessons("lesson__"),
    ).order_by()
