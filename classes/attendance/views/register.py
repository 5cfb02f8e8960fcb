"""Views of the register of a lesson: page and files."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.models.roles import Role
from classes.attendance.callback_differences import MAX_SHOWN, describe_differences, undecided_differences
from classes.attendance.explanation import is_ordinary
from classes.attendance.export import download_register
from classes.attendance.forms.register import CorrectManyForm
from classes.attendance.leave_queries import on_leave_badges
from classes.attendance.mark_badges import MARK_BADGES, MarkBadge, mark_badge, urgency_rank
from classes.attendance.mark_detail import planned_share
from classes.attendance.mass_drops import lesson_mass_drops
from classes.attendance.permissions import correction_ended, may_change_register
from classes.attendance.queries import (
    RegisterEntry,
    RegisterTable,
    register_for_reader,
    why_without_marks,
    with_people,
)
from classes.attendance.timeline import Timeline, TimelinePiece
from classes.choices import Status
from classes.lessons.lookup import find_lesson
from classes.lessons.status import phase_of
from classes.models import Attendance, Lesson, Mark
from console.inputs.bounds import parse_id
from console.policy import may, scoped
from console.policy.shown_rows import join_keys
from console.policy.views import SchoolView
from console.ui.badges import Badge

#: Marks that a mass drop may have caused.
EXCUSABLE_MARKS = {Mark.ABSENT, Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY, Mark.UNKNOWN}


class DropRow(NamedTuple):
    """A mass drop: its start, and those whose mark it may affect; `shown` are the keys of their rows."""

    at: float
    number: int
    shown: str


class RegisterRow(NamedTuple):
    """A person as the page shows them.

    `spoken` is the text alternative of the timeline, `planned` the share of the planned time, which only the
    plain table shows. `why` is the reason of the mark where it says more than the row does. `next` is the row
    that is offered below this one, which was just corrected. `leave` is the badge of leave that covers the
    lesson.
    """

    entry: RegisterEntry
    sign: MarkBadge
    pieces: list[TimelinePiece]
    spoken: str
    planned: Decimal | None = None
    why: str = ""
    next: RegisterEntry | None = None
    leave: Badge | None = None


class MarkTotal(NamedTuple):
    """A filter by mark, with the number of students."""

    mark: str
    words: str
    sign: MarkBadge
    number: int


class RegisterBase(SchoolView):
    """Base of pages about the attendance of one lesson that the reader may see."""

    resource = "attendance"

    @cached_property
    def lesson(self) -> Lesson:
        return find_lesson(self.request.user, self.kwargs["pk"])

    @cached_property
    def marks(self) -> list[Attendance]:
        rows = with_people(Attendance.objects.filter(lesson=self.lesson))
        return list(scoped(rows, self.request.user, self.resource, self.action))

    @cached_property
    def table(self) -> RegisterTable:
        return register_for_reader(self.request.user, self.lesson, self.marks)


class AttendancePage(RegisterBase, TemplateView):
    """The register of a lesson; `?mark=absent` filters by mark, `?as=table` shows a plain table."""

    template_name = "classes/attendance/register.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        lesson, table, timeline = self.lesson, self.table, Timeline.for_lesson(self.lesson)
        chosen, phase = self.request.GET.get("mark", ""), phase_of(lesson)
        plain = lesson if self.request.GET.get("as") == "table" else None
        return super().get_context_data(
            title=_("Attendance"),
            lesson=lesson,
            phase=phase,
            counts=_counts(table),
            all=len(table.students),
            chosen=chosen,
            plain=plain is not None,
            rows=self._with_leave(
                self._offer_next(
                    _rows([one for one in table.students if chosen in ("", one.mark)], timeline, plain)
                )
            ),
            staff=_rows(table.staff, timeline, plain),
            guests=_rows(table.guests, timeline, plain),
            ticks=timeline.ticks(lesson, _late_limit(table.students)),
            clock_labels=timeline.clock_labels(),
            drawn_until=timeline.drawn_until,
            correct_form=self._correct_form(table),
            correction_ended="" if lesson.register_closed_at else correction_ended(self.request.user, lesson),
            reckoned_at=max((one.reckoned_at for one in self.marks), default=None),
            provisional=table.provisional,
            without_marks="" if lesson.final_at else why_without_marks(lesson),
            may_export=self.may("export"),
            **self._register(),
            drops=self._drops(),
            **self._differences(),
            may_rule=self.may("set_rules"),
            running=phase.name == "running",
            role_labels=dict(Role.choices),
            links=may(self.request.user, "list", "person"),
            **more,
        )

    def _correct_form(self, table: RegisterTable) -> CorrectManyForm | None:
        """Return the form of the bar for several marks; None if the reader may correct none."""
        if self.lesson.register_closed_at or not any(one.pk for one in table.students):
            return None
        may_correct = may_change_register(self.request.user, "correct", self.lesson)
        return CorrectManyForm(auto_id="many_%s") if may_correct else None

    def _with_leave(self, rows: list[RegisterRow]) -> list[RegisterRow]:
        """Add the badge of leave, except to marks that it excuses: their reason names it."""
        badges = on_leave_badges(self.lesson) if rows and may(self.request.user, "list", "leave") else {}
        return [
            one._replace(leave=badges.get(one.entry.user_id)) if "leave" not in one.entry.facts else one
            for one in rows
        ]

    def _offer_next(self, rows: list[RegisterRow]) -> list[RegisterRow]:
        """Add the next row that needs attention to the row that was just corrected (`?corrected=`)."""
        corrected = parse_id(self.request.GET.get("corrected", ""))
        row = next((row for row in rows if row.entry.pk == corrected), None) if corrected else None
        if row is None or (hand := row.entry.facts.get("hand")) is None:
            return rows
        before = urgency_rank(hand["instead_of"], row.entry.nickname, row.entry.user_id)
        following = [
            one.entry
            for one in rows
            if one.entry.mark in EXCUSABLE_MARKS and "hand" not in one.entry.facts and one.entry.pk
        ]
        following.sort(
            key=lambda one: (
                urgency_rank(one.mark, one.nickname, one.user_id) < before,
                urgency_rank(one.mark, one.nickname, one.user_id),
            )
        )
        offered = following[0] if following else None
        return [one._replace(next=offered) if one is row else one for one in rows]

    def _register(self) -> dict[str, Any]:
        """Return the closed revision, and whether the reader may close or reopen the register."""
        lesson, reader = self.lesson, self.request.user
        if lesson.register_closed_at:
            revision = lesson.registers.select_related("closed_by").filter(reopened_at=None).first()
            return {"revision": revision, "may_reopen": may_change_register(reader, "reopen", lesson)}
        ended = lesson.status == Status.END
        return {"revision": None, "may_close": ended and may_change_register(reader, "close", lesson)}

    def _drops(self) -> list[DropRow]:
        """Return the mass drops that affect a student; empty if the reader may not excuse."""
        lesson = self.lesson
        if lesson.register_closed_at or not may_change_register(self.request.user, "excuse", lesson):
            return []
        keys = {row.user_id: row.pk for row in self.marks if row.mark in EXCUSABLE_MARKS}
        drops = lesson_mass_drops({row.user_id: row.reason for row in self.marks})
        affected = [(one.at, [keys[user_id] for user_id in one.who if user_id in keys]) for one in drops]
        return [DropRow(at, len(pks), join_keys(pks)) for at, pks in affected if pks]

    def _differences(self) -> dict[str, Any]:
        """Return the callback differences; empty if the reader may not correct marks."""
        if self.lesson.final_at is None or not may_change_register(self.request.user, "correct", self.lesson):
            return {"differences": []}
        found = undecided_differences(self.lesson)
        shown = describe_differences(self.lesson, found[:MAX_SHOWN])
        more = found.count() - MAX_SHOWN if len(shown) == MAX_SHOWN else 0
        return {"differences": shown, "more_differences": more}


def _rows(entries: Iterable[RegisterEntry], timeline: Timeline, plain: Lesson | None) -> list[RegisterRow]:
    """Return the rows with timeline pieces, or for a plain table."""
    if plain is None:
        return [
            RegisterRow(
                one,
                mark_badge(one.mark),
                timeline.pieces(one.facts),
                timeline.describe(one.facts),
                why="" if is_ordinary(one.mark, one.facts) else one.sentence,
            )
            for one in entries
        ]
    return [
        RegisterRow(
            one, mark_badge(one.mark), [], timeline.describe(one.facts), planned_share(plain, one.facts)
        )
        for one in entries
    ]


def _counts(table: RegisterTable) -> list[MarkTotal]:
    return [
        MarkTotal(mark, str(mark.label), sign, table.counts[mark])
        for mark, sign in MARK_BADGES.items()
        if mark in table.counts
    ]


def _late_limit(students: Iterable[RegisterEntry]) -> int | None:
    return next((one.facts["late_limit"] for one in students if one.facts.get("late_limit")), None)


class RegisterSpreadsheet(RegisterBase, View):
    """Download the register as XLSX or CSV."""

    action = "export"
    suffix = ".xlsx"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return download_register(self.lesson, self.table, self.suffix)


class RegisterFile(RegisterBase, View):
    """Download the closed revision as JSON, for `manage.py verify_register`."""

    action = "export"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            return download_register(self.lesson, self.table, ".json")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("classes:attendance", pk)
