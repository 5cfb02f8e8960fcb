"""Reports that are lists: registers that nobody closed, how teachers kept time."""

from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, Exists, F, OuterRef, Q, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.kinds import Status
from classes.models import Attendance, Register
from classes.queries import lessons_for
from classes.reports.forms import ReportForm
from classes.reports.sheet import Sheet
from console.sheets.columns import Column, Kind

MOST = 1000
#: A teacher who comes so long after the planned start is not on time.
ON_TIME = timedelta(minutes=1)


def registers(reader: Any, form: ReportForm) -> Sheet:
    """Lessons that are over and whose register nobody closed, the oldest first."""
    stretch = form.stretch
    closed = Register.objects.filter(lesson=OuterRef("pk"), reopened_at=None)
    lessons = lessons_for(reader).filter(
        ~Exists(closed),
        starts_at__gte=stretch.begins,
        starts_at__lt=stretch.ends,
        status=Status.END,
        cancelled_at=None,
    )
    if teacher := form.cleaned_data.get("teacher"):
        lessons = lessons.filter(teacher=teacher)
    found = list(lessons.order_by("starts_at", "pk")[: MOST + 1])
    columns = (
        Column("topic", _("Lesson"), width=30),
        Column("number", _("Number"), Kind.ID, 12),
        Column("teacher", _("Teacher"), width=18),
        Column("teacher_id", _("User id of the teacher"), Kind.ID, 16),
        Column("starts_at", _("Start"), Kind.DATETIME, 22),
        Column("days", _("Days since"), Kind.NUMBER, 12),
        Column("state", _("State"), width=16),
    )
    now = timezone.now()
    rows = [
        {
            "topic": one.topic,
            "number": str(one.pk),
            "teacher": one.teacher.nickname,
            "teacher_id": one.teacher.user_id,
            "starts_at": one.starts_at,
            "days": (now - one.ends_at).days,
            "state": _("final") if one.final_at else _("provisional"),
            "link": reverse("classes:attendance", args=[one.pk]),
        }
        for one in found[:MOST]
    ]
    return Sheet(columns, rows, _("Lessons that are over, and whose register is open."), len(found) > MOST)


def teachers(reader: Any, form: ReportForm) -> Sheet:
    """What each teacher planned and delivered, and how they kept time."""
    stretch = form.stretch
    own = Attendance.objects.filter(lesson=OuterRef("pk"), user_id=OuterRef("teacher__user_id"))
    lessons = (
        lessons_for(reader)
        .select_related(None)
        .filter(
            starts_at__gte=stretch.begins,
            starts_at__lt=stretch.ends,
            cancelled_at=None,
            ends_at__lt=timezone.now(),
        )
    )
    held = Q(status=Status.END, real_started_at__isnull=False, real_ended_at__gt=F("real_started_at"))
    late = Q(entered__gt=F("starts_at") + ON_TIME)
    told = (
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
            seen=Count("pk", filter=held & Q(entered__isnull=False)),
            late=Count("pk", filter=held & late),
            late_by=Avg(F("entered") - F("starts_at"), filter=held & late, output_field=DurationField()),
        )
        .order_by("teacher__nickname", "teacher__user_id")
    )
    columns = (
        Column("teacher__nickname", _("Teacher"), width=18),
        Column("teacher__user_id", _("User id"), Kind.ID, 16),
        Column("planned", _("Lessons planned"), Kind.NUMBER, 12),
        Column("held", _("Held"), Kind.NUMBER, 10),
        Column("not_held", _("Not held"), Kind.NUMBER, 10),
        Column("planned_time", _("Time planned"), Kind.DURATION, 14),
        Column("taught_time", _("Time delivered"), Kind.DURATION, 14),
        Column("on_time", _("On time"), Kind.SHARE, 10),
        Column("late", _("Late"), Kind.NUMBER, 10),
        Column("late_by", _("Late by, on average"), Kind.DURATION, 14),
    )
    rows = [
        {
            **one,
            "on_time": (one["seen"] - one["late"]) / one["seen"] if one["seen"] else None,
            "link": reverse("classes:person", args=[one["teacher"]]),
        }
        for one in told[: MOST + 1]
    ]
    note = _(
        "On time: in the room by a minute after the planned start, of the lessons held in which the teacher"
        " was seen. Delivered: from the real start to the real end."
    )
    return Sheet(columns, rows[:MOST], note, len(rows) > MOST)
