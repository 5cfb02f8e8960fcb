"""List reports: open registers and punctuality of teachers."""

from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Avg,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.attendance.reports.forms import ReportForm, ReportPeriod, default_period
from classes.attendance.reports.sheet import ReportSheet
from classes.choices import Status
from classes.lessons.queries import lessons_for, lessons_of_grade
from classes.lessons.status import counted_lessons
from classes.models import Attendance, Cover, Lesson, Mark, Register
from console.policy import may, scoped
from console.sheets.columns import Column, ColumnType

MAX_ROWS = 1000
#: A teacher who enters later than this after the planned start is late.
ON_TIME_TOLERANCE = timedelta(minutes=1)


def lessons_with_open_register(reader: Any, period: ReportPeriod) -> QuerySet[Lesson]:
    """Return the final lessons of the period with an open register: of the school, or the reader's own.

    A register whose marks may still change is provisional, and has an alert of its own.
    """
    closed = Register.objects.filter(lesson=OuterRef("pk"), reopened_at=None)
    return scoped(Lesson.objects.all(), reader, "register", "list").filter(
        ~Exists(closed),
        starts_at__gte=period.begins,
        starts_at__lt=period.ends,
        status=Status.END,
        final_at__isnull=False,
        **counted_lessons(),
    )


def registers_to_close(reader: Any) -> QuerySet[Lesson]:
    """Return the lessons whose register waits for this reader: those that the report opens with.

    None for readers who may not close a register.
    """
    found = lessons_with_open_register(reader, default_period())
    return found if may(reader, "close", "attendance") else found.none()


def open_registers(reader: Any, form: ReportForm) -> ReportSheet:
    """Return the final lessons with an open register, the oldest first."""
    lessons = lessons_with_open_register(reader, form.period).select_related("teacher")
    if teacher := form.cleaned_data.get("teacher"):
        lessons = lessons.filter(teacher=teacher)
    if form.grade_chosen:
        lessons = lessons.filter(pk__in=lessons_of_grade(form.grade_chosen))
    found = list(lessons.order_by("starts_at", "pk")[: MAX_ROWS + 1])
    marks = Attendance.objects.filter(lesson__in=found, mark=Mark.UNKNOWN).order_by()
    unknown = dict(marks.values_list("lesson").annotate(n=Count("pk")))
    columns = (
        Column("topic", _("Lesson"), width=30),
        Column("number", _("Number"), ColumnType.ID, 12),
        Column("teacher", _("Teacher"), width=18),
        Column("teacher_id", _("User ID of the teacher"), ColumnType.ID, 16),
        Column("starts_at", _("Start"), ColumnType.DATETIME, 22),
        Column("days", _("Days since"), ColumnType.NUMBER, 12),
        Column("unknown", _("Students without data"), ColumnType.NUMBER, 12),
    )
    today = timezone.localdate()
    rows = [
        {
            "topic": one.topic,
            "number": str(one.pk),
            "teacher": one.teacher.nickname,
            "teacher_id": one.teacher.user_id,
            "starts_at": one.starts_at,
            "days": (today - timezone.localdate(one.ends_at)).days,
            "unknown": unknown.get(one.pk),
            "link": reverse("classes:attendance", args=[one.pk]),
        }
        for one in found[:MAX_ROWS]
    ]
    return ReportSheet(
        columns, rows, _("Lessons with final marks whose register is not closed."), len(found) > MAX_ROWS
    )


def teacher_punctuality(reader: Any, form: ReportForm) -> ReportSheet:
    """Return planned and delivered lessons and the punctuality of each teacher."""
    columns = (
        Column("teacher__nickname", _("Teacher"), width=18),
        Column("teacher__user_id", _("User ID"), ColumnType.ID, 16),
        Column("planned", _("Planned lessons"), ColumnType.NUMBER, 12),
        Column("held", _("Held"), ColumnType.NUMBER, 10),
        Column("not_held", _("Not held"), ColumnType.NUMBER, 10),
        Column("planned_time", _("Planned time"), ColumnType.DURATION, 14),
        Column("taught_time", _("Actual duration"), ColumnType.DURATION, 14),
        Column("on_time", _("On time"), ColumnType.SHARE, 10),
        Column("late", _("Late"), ColumnType.NUMBER, 10),
        Column("late_by", _("Average delay"), ColumnType.DURATION, 14),
        Column("covered", _("Covers"), ColumnType.NUMBER, 10),
    )
    rows = [
        {
            **one,
            "on_time": (one["seen"] - one["late"]) / one["seen"] if one["seen"] else None,
            "link": reverse("classes:person", args=[one["teacher"]]),
        }
        for one in _teacher_totals(reader, form.period)[: MAX_ROWS + 1]
    ]
    note = _(
        "On time: in the room within a minute of the planned start, as a share of the held "
        "lessons in which the teacher was seen. Actual duration: from the actual start to "
        "the actual end."
    )
    return ReportSheet(columns, rows[:MAX_ROWS], note, len(rows) > MAX_ROWS)


def _teacher_totals(reader: Any, period: ReportPeriod) -> QuerySet[Any]:
    """Return a row for each teacher; `delays` are those of the single lessons after their planned start."""
    own = Attendance.objects.filter(lesson=OuterRef("pk"), user_id=OuterRef("teacher__user_id")).order_by()
    # A lesson has the teacher who covers it, so it counts for the one who taught.
    covers = Cover.objects.filter(lesson=OuterRef("pk"), covering=OuterRef("teacher"), undone_at=None)
    # A lesson that runs beyond its planned end is neither held nor not held yet.
    over = Q(status=Status.END) | Q(status=Status.WILL, ends_at__lt=timezone.now())
    # A lesson to which nobody came was taught, also when it is made up; one that failed was not.
    lessons = (
        lessons_for(reader)
        .select_related(None)
        .filter(over, starts_at__gte=period.begins, starts_at__lt=period.ends, cancelled_at=None)
        .exclude(status=Status.WILL, made_up=True)
    )
    held = Q(status=Status.END, real_started_at__isnull=False, real_ended_at__gt=F("real_started_at"))
    seen = held & Q(final_at__isnull=False, entered__isnull=False)
    late = seen & Q(entered__gt=F("starts_at") + ON_TIME_TOLERANCE)
    return (
        lessons.annotate(entered=Subquery(own.values("first_entered_at")[:1]))
        .order_by()
        .values("teacher", "teacher__nickname", "teacher__user_id")
        .annotate(
            planned=Count("pk"),
            held=Count("pk", filter=held),
            not_held=Count("pk", filter=Q(status=Status.WILL)),
            planned_time=Sum(F("ends_at") - F("starts_at"), output_field=DurationField()),
            taught_time=Sum(
                F("real_ended_at") - F("real_started_at"), filter=held, output_field=DurationField()
            ),
            seen=Count("pk", filter=seen),
            covered=Count("pk", filter=Q(held, Exists(covers))),
            late=Count("pk", filter=late),
            late_by=Avg(F("entered") - F("starts_at"), filter=late, output_field=DurationField()),
            delays=ArrayAgg(
                ExpressionWrapper(F("entered") - F("starts_at"), DurationField()),
                filter=seen,
                default=Value([]),
            ),
        )
        .order_by("teacher__nickname", "teacher__user_id")
    )
