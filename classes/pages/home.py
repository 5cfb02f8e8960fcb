"""Home page: what waits for the reader, the first steps of a new school, and the lessons of today."""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from classes.choices import Status
from classes.lessons.queries import lessons_for, on_day, with_counts
from classes.lessons.status import Phase, phase_of
from classes.lessons.teacher_presence import without_teacher
from classes.live.room.classroom_entry import ClassroomEntry, classroom_entry
from classes.live.wall.tiles import build_wall
from classes.models import Lesson
from classes.pages.day_overview import build_overview
from classes.pages.first_steps import list_first_steps
from classes.pages.home_alerts import list_home_alerts
from classes.pages.home_jobs import list_home_jobs
from classes.pages.own_group import own_group_links
from classes.pages.student_summary import newest_recordings, student_summary
from classes.pages.week_attendance import week_attendance
from classes.readiness.checks import compute_readiness
from console.http.live_polls import refreshed_regions
from console.lists.today import read_today
from console.policy import Scope, current_school, may, role_of, scope_of
from console.policy.views import SchoolView

#: Most lessons on the ruler, and in the sections below it.
MAX_ON_RULER, MAX_LESSONS = 500, 100
#: Sections of the day, in order, with the lesson phases that they show.
DAY_SECTIONS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("Running now"), ("running",)),
    (gettext_lazy("Overdue"), ("overdue",)),
    (gettext_lazy("Next"), ("soon", "planned")),
    (gettext_lazy("Ended"), ("over", "not_held")),
    (gettext_lazy("Cancelled"), ("cancelled",)),
)
#: Phases of a lesson that somebody can still come to.
TO_COME = ("running", "overdue", "soon", "planned")


class DayRow(NamedTuple):
    """A lesson of a section, with its numbers, its phase and how the reader enters it.

    For who teaches it: `missing` names the students who are not in the running lesson, `to_close` says that
    its register waits to be closed.
    """

    lesson: Lesson
    phase: Phase
    entry: ClassroomEntry | None
    missing: str = ""
    to_close: bool = False


class HomePage(SchoolView, TemplateView):
    """Today's lessons of the reader. An operator outside a school is redirected to the list of schools."""

    resource, action = "lesson", "list"
    template_name = "classes/pages/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if role_of(request.user) == "operator" and current_school(request) is None:
            return redirect("accounts:schools")
        return super().dispatch(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["classes/pages/_home_jobs.html"] if self._refreshes_jobs() else [self.template_name]

    def _refreshes_jobs(self) -> bool:
        """Return whether only the jobs that go on are asked for, which is every few seconds."""
        return refreshed_regions(self.request) == {"home-jobs"}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        if self._refreshes_jobs():
            return super().get_context_data(**_jobs_context(reader), **more)
        lessons = lessons_for(reader)
        staff = may(reader, "list", "member")
        asked = refreshed_regions(self.request)
        return super().get_context_data(
            title=_("Today"),
            today=timezone.now(),
            alerts=list_home_alerts(reader, lessons) if staff else [],
            own_groups=own_group_links(reader),
            sees_alerts=staff,
            **read_today(reader)._asdict(),
            first_steps=list_first_steps(reader),
            **_jobs_context(reader),
            # A refresh of the lessons, twice a minute, leaves what stands below them as it is.
            week=week_attendance(reader) if asked is None or "week" in asked else None,
            own=student_summary(reader) if asked is None or "own" in asked else None,
            recordings=newest_recordings(reader) if asked is None or "newest-recordings" in asked else [],
            may_add=self.may("add"),
            **_day_context(reader, lessons, staff),
            **more,
        )


def _jobs_context(reader: Any) -> dict[str, Any]:
    home_jobs = list_home_jobs(reader)
    return {"home_jobs": home_jobs, "jobs_go_on": any(one.is_open for one in home_jobs or ())}


def _day_context(reader: Any, lessons: QuerySet[Lesson], staff: bool) -> dict[str, Any]:
    """Return the lessons of today: all of them in sections, or for who sees the whole school on a ruler.

    Below the ruler, the sections have only the lessons whose classroom is open.
    """
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    found = list(on_day(lessons, midnight, midnight + timedelta(days=1))[: MAX_ON_RULER + 1])
    day = [(lesson, phase_of(lesson)) for lesson in found[:MAX_ON_RULER]]
    whole_school = scope_of(reader, "list", "lesson") != Scope.OWN
    shown = [pair for pair in day if pair[1].opens or not whole_school]
    rows = _day_rows(shown[:MAX_LESSONS], lessons, reader)
    if staff and not whole_school:
        rows = _with_duties(rows, reader)
    readiness = compute_readiness(reader.enterprise, [lesson for lesson, _phase in day]) if staff else {}
    unattended: set[int] = set()
    if whole_school and any(phase.name == "running" for _lesson, phase in day):
        unattended = set(without_teacher(lessons).values_list("pk", flat=True))
    return {
        "overview": build_overview(day, readiness, unattended) if whole_school and day else None,
        "parts": _day_sections(rows),
        "readiness": readiness,
        "has_lessons": bool(day),
        "is_truncated": len(found) > MAX_ON_RULER or len(shown) > MAX_LESSONS,
        "next_lesson": None
        if any(phase.name in TO_COME for _lesson, phase in day)
        else _next_lesson(lessons),
    }


def _day_rows(shown: list[tuple[Lesson, Phase]], lessons: QuerySet[Lesson], reader: Any) -> list[DayRow]:
    """Return the rows of these lessons, with their numbers and `without_teacher`, in one query."""
    if not shown:
        return []
    unattended = Exists(without_teacher(Lesson.objects.filter(pk=OuterRef("pk"))))
    today = lessons.filter(pk__in=[lesson.pk for lesson, _phase in shown])
    counted = with_counts(today).annotate(without_teacher=unattended).in_bulk()
    rows = [(counted[lesson.pk], phase) for lesson, phase in shown if lesson.pk in counted]
    return [DayRow(lesson, phase, classroom_entry(lesson, reader)) for lesson, phase in rows]


def _with_duties(rows: list[DayRow], reader: Any) -> list[DayRow]:
    """Add who is missing from the running lessons, and which registers the teacher has to close."""
    missing: dict[int, str] = {}
    if any(row.phase.name == "running" for row in rows):
        missing = {tile.lesson.pk: tile.missing_text for tile in build_wall(reader).tiles if tile.lesson.runs}
    return [
        row._replace(
            missing=missing.get(row.lesson.pk, ""),
            to_close=row.phase.name == "over"
            and row.lesson.teacher_id == reader.pk
            and row.lesson.final_at is not None
            and row.lesson.register_closed_at is None,
        )
        for row in rows
    ]


def _day_sections(rows: list[DayRow]) -> list[dict[str, Any]]:
    """Return the sections that have lessons."""
    parts = [
        {"label": label, "rows": [row for row in rows if row.phase.name in names]}
        for label, names in DAY_SECTIONS
    ]
    return [part for part in parts if part["rows"]]


def _next_lesson(lessons: Any) -> Lesson | None:
    """Return the next lesson of a later day that has not been held; shown when nothing more comes today."""
    waiting = lessons.filter(status=Status.WILL, starts_at__gt=timezone.now(), cancelled_at=None)
    found: Lesson | None = waiting.first()
    return found
