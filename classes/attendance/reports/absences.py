"""Report of consecutive absences: students whose last marks of a period are all absent.

It reads the streaks that the database maintains (`classes/models/absence_streak.py`). Its cost depends on the
number of students who are absent at the end of the period, not on the number of marks. `recount_streaks`
rebuilds what triggers maintain otherwise.
"""

from datetime import UTC, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, F, Func, IntegerField, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.people.grades.queries import students_of_grade
from classes.attendance.reports.forms import ReportForm, ReportPeriod
from classes.attendance.reports.sheet import ReportSheet
from classes.locking import lock_final_marks
from classes.models import AbsenceStreak
from console.policy import scoped
from console.policy.views import paginate_by_key
from console.sheets.columns import Column, ColumnType

DEFAULT_MINIMUM = 3
#: Rows of a page. Order: longest streak first, then the oldest.
PAGE_SIZE = 200
ORDER = ("less", "since", "person_id")
COLUMNS = (
    Column("nickname", _("Name"), width=18),
    Column("user_id", _("User ID"), ColumnType.ID, 16),
    Column("number", _("Consecutive absences"), ColumnType.NUMBER, 12),
    Column("since", _("Since lesson"), ColumnType.DATETIME, 22),
)
NOTE = _(
    "The student's most recent final marks in the selected days. “Excused” and “no data” "
    "neither interrupt nor extend the sequence."
)


def absences_page(reader: Any, form: ReportForm, request: HttpRequest) -> ReportSheet:
    """Return the page of the report that the request names."""
    found = paginate_by_key(consecutive_absences(reader, form), request, ORDER, PAGE_SIZE)
    return ReportSheet(COLUMNS, [_absence_row(one) for one in found.rows], NOTE, keyset=found)


def all_absences(reader: Any, form: ReportForm) -> ReportSheet:
    """Return the whole report, for a file."""
    return ReportSheet(
        COLUMNS, [_absence_row(one) for one in consecutive_absences(reader, form).order_by(*ORDER)], NOTE
    )


def consecutive_absences(reader: Any, form: ReportForm) -> QuerySet[Any]:
    """Return the streaks in force at the end of the period, each with its person.

    `inside` is the number of its lessons that began in the period, `less` the same negated (for ordering),
    `since` the start of the first one.
    """
    period, minimum = form.period, form.cleaned_data.get("least") or DEFAULT_MINIMUM
    rows = scoped(AbsenceStreak.objects.all(), reader, "report", "list").filter(
        _current_filter(period, minimum)
    )
    if form.grade_chosen:
        rows = rows.filter(person__in=students_of_grade(form.grade_chosen))
    counted = rows.annotate(before=_count_before(period.begins), until=_count_before(period.ends)).annotate(
        inside=F("until") - F("before"), less=F("before") - F("until"), since=ArrayItem("times", F("before"))
    )
    return counted.filter(inside__gte=minimum).prefetch_related("person")


class ArrayItem(Func):
    """Item of an array by zero-based index."""

    arg_joiner = "["
    template = "(%(expressions)s + 1])"
    output_field = DateTimeField()


def _count_before(moment: Any) -> Func:
    """Return the number of lessons of a streak before `moment`; width_bucket is a binary search."""
    just_before = Value(moment - timedelta(microseconds=1), output_field=DateTimeField())
    return Func(just_before, F("times"), function="width_bucket", output_field=IntegerField())


def _current_filter(period: ReportPeriod, minimum: int) -> Q:
    """Return a filter for streaks in force at the end of the period that may have enough lessons.

    Each alternative is an index range; the exact number of lessons is checked by the count.
    """
    end = period.ends.astimezone(UTC)  # UTC, so that adding days is not affected by daylight saving
    condition = Q(ended_at=None, last_at__gte=period.begins)
    for level, days in enumerate(AbsenceStreak.REACH):
        condition |= Q(level=level, ended_at__gte=end, ended_at__lt=end + timedelta(days=days))
    condition |= Q(level=len(AbsenceStreak.REACH), ended_at__gte=end)
    return condition & Q(number__gte=minimum, began_at__lt=end)


def _absence_row(one: Any) -> dict[str, Any]:
    return {
        "nickname": one.person.nickname,
        "user_id": one.person.user_id,
        "number": one.inside,
        "since": one.since,
        "link": reverse("classes:report_student", args=[one.person_id]),
    }


@transaction.atomic
def recount_streaks(school: Enterprise) -> int:
    """Rebuild the streaks of a school; return how many rows were wrong (deleted plus inserted)."""
    lock_final_marks(school.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT classes_streaks_anew(ARRAY(SELECT id FROM accounts_user WHERE enterprise_id = %s))",
            [school.pk],
        )
        changed: int = cursor.fetchone()[0]
    return changed
