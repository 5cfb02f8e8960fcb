"""Who came to a lesson, when, and for how long: as a page, and as files."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from classes.marks import SIGNS, Sign, by_urgency, sign_of
from classes.models import Attendance, Lesson
from classes.phases import phase_of
from classes.timeline import Piece, Ruler, in_words
from classes.views.lesson import find_lesson
from console.policy import may, scoped
from console.policy.pages import SchoolPage


class Row(NamedTuple):
    """A person as the page shows them; `spoken` is the line for those who do not see it."""

    mark: Attendance
    sign: Sign
    pieces: list[Piece]
    spoken: str
    sentence: str


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

    def marks(self) -> QuerySet[Attendance]:
        rows = Attendance.objects.filter(lesson=self.lesson).select_related("person")
        return scoped(rows, self.request.user, self.resource, self.action)


class AttendancePage(OfLesson, TemplateView):
    """The register of a lesson; `?mark=absent` shows only those."""

    template_name = "classes/attendance.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        lesson, ruler = self.lesson, Ruler.of(self.lesson)
        marks = sorted(self.marks(), key=by_urgency)
        students = [one for one in marks if one.expected and one.mark]
        chosen = self.request.GET.get("mark", "")
        shown = [one for one in students if not chosen or one.mark == chosen]
        return super().get_context_data(
            title=_("Attendance"),
            lesson=lesson,
            phase=phase_of(lesson),
            counts=_counts(students),
            all=len(students),
            chosen=chosen,
            rows=_rows(shown, ruler),
            staff=_rows([one for one in marks if one.expected and not one.mark], ruler),
            guests=_rows([one for one in marks if not one.expected], ruler),
            ticks=ruler.ticks(lesson, _late_limit(marks)),
            reckoned_at=max((one.reckoned_at for one in marks), default=None),
            provisional=lesson.final_at is None,
            may_export=may(self.request.user, "export", "attendance"),
            person_link="" if may(self.request.user, "list", "person") else "no",
            **more,
        )


def _rows(marks: Iterable[Attendance], ruler: Ruler) -> list[Row]:
    return [Row(one, sign_of(one.mark), ruler.pieces(one.reason), in_words(one.reason), "") for one in marks]


def _counts(students: list[Attendance]) -> list[Count]:
    numbers = Counter(one.mark for one in students)
    return [
        Count(mark, str(mark.label), sign, numbers[mark]) for mark, sign in SIGNS.items() if numbers[mark]
    ]


def _late_limit(marks: Iterable[Attendance]) -> int | None:
    return next((one.reason["late_limit"] for one in marks if one.reason.get("late_limit")), None)


class AttendanceSheet(OfLesson, View):
    """The register as a file."""

    action = "export"
    suffix = ".xlsx"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        raise NotImplementedError
