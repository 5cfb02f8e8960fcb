"""Who came to a lesson, when, and for how long: as a page, and as files."""

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

from classes.attendance.drawer import planned_share
from classes.attendance.drops import drops_of
from classes.attendance.queries import Entry, Table, table_for, with_people
from classes.attendance.rights import may_judge
from classes.attendance.sheet import download
from classes.kinds import Status
from classes.marks import SIGNS, Sign, sign_of
from classes.models import Attendance, Lesson, Mark
from classes.phases import phase_of
from classes.timeline import Piece, Ruler, in_words
from classes.views.lesson import find_lesson
from console.policy import may, scoped
from console.policy.pages import SchoolPage

#: Marks for which somebody who dropped out may want to be excused.
HARMED = {Mark.ABSENT, Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY, Mark.UNKNOWN}


class Row(NamedTuple):
    """A person as the page shows them; `spoken` is the line for those who do not see it, `planned` the share
    of the planned time, which the table alone shows."""

    entry: Entry
    sign: Sign
    pieces: list[Piece]
    spoken: str
    planned: Decimal | None = None


class Count(NamedTuple):
    """A mark that filters, with its number."""

    mark: str
    words: str
    sign: Sign
    number: int


class OfLesson(SchoolPage):
    """A page about the attendance of one lesson that the reader may see."""

    resource = "attendance"

    @cached_property
    def lesson(self) -> Lesson:
        return find_lesson(self.request.user, self.kwargs["pk"])

    @cached_property
    def marks(self) -> list[Attendance]:
        rows = with_people(Attendance.objects.filter(lesson=self.lesson))
        return list(scoped(rows, self.request.user, self.resource, self.action))

    @cached_property
    def table(self) -> Table:
        return table_for(self.request.user, self.lesson, self.marks)


class AttendancePage(OfLesson, TemplateView):
    """The register of a lesson; `?mark=absent` shows only those, `?as=table` the same as a plain table."""

    template_name = "classes/attendance.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        lesson, table, ruler = self.lesson, self.table, Ruler.of(self.lesson)
        chosen = self.request.GET.get("mark", "")
        plain = lesson if self.request.GET.get("as") == "table" else None
        return super().get_context_data(
            title=_("Attendance"),
            lesson=lesson,
            phase=phase_of(lesson),
            counts=_counts(table),
            all=len(table.students),
            chosen=chosen,
            plain=plain is not None,
            rows=_rows([one for one in table.students if chosen in ("", one.mark)], ruler, plain),
            staff=_rows(table.staff, ruler, plain),
            guests=_rows(table.guests, ruler, plain),
            ticks=ruler.ticks(lesson, _late_limit(table.students)),
            reckoned_at=max((one.reckoned_at for one in self.marks), default=None),
            provisional=table.provisional,
            may_export=self.may("export"),
            **self._register(),
            drops=self._drops(),
            may_rule=self.may("set_rules"),
            person_link="" if may(self.request.user, "list", "person") else "no",
            **more,
        )

    def _register(self) -> dict[str, Any]:
        """The closed revision, and what the reader may decide about the whole."""
        lesson, reader = self.lesson, self.request.user
        if lesson.register_closed_at:
            revision = lesson.registers.select_related("closed_by").filter(reopened_at=None).first()
            return {"revision": revision, "may_reopen": may_judge(reader, "reopen", lesson)}
        over = lesson.status == Status.END
        return {"revision": None, "may_close": over and may_judge(reader, "close", lesson)}

    def _drops(self) -> list[tuple[int, int]]:
        """When many dropped out at once, and how many of them it may have harmed; for who may excuse."""
        lesson = self.lesson
        if lesson.register_closed_at or not may_judge(self.request.user, "excuse", lesson):
            return []
        marks = {row.user_id: row.mark for row in self.marks}
        drops = drops_of({row.user_id: row.reason for row in self.marks})
        harmed = [(one.at, sum(marks[user_id] in HARMED for user_id in one.who)) for one in drops]
        return [one for one in harmed if one[1]]


def _rows(entries: Iterable[Entry], ruler: Ruler, plain: Lesson | None) -> list[Row]:
    """Drawn on the ruler, or for a plain table."""
    if plain is None:
        return [Row(one, sign_of(one.mark), ruler.pieces(one.facts), in_words(one.facts)) for one in entries]
    return [
        Row(one, sign_of(one.mark), [], in_words(one.facts), planned_share(plain, one.facts))
        for one in entries
    ]


def _counts(table: Table) -> list[Count]:
    return [
        Count(mark, str(mark.label), sign, table.counts[mark])
        for mark, sign in SIGNS.items()
        if mark in table.counts
    ]


def _late_limit(students: Iterable[Entry]) -> int | None:
    return next((one.facts["late_limit"] for one in students if one.facts.get("late_limit")), None)


class AttendanceSheet(OfLesson, View):
    """The register as a file."""

    action = "export"
    suffix = ".xlsx"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return download(self.lesson, self.table, self.suffix)


class RegisterFile(OfLesson, View):
    """The closed revision as JSON, for `manage.py verify_register`; an open register has none."""

    action = "export"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            return download(self.lesson, self.table, ".json")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("classes:attendance", pk)
