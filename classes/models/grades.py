"""Grades for attendance: the rule of a school, and the grades of a course that were fixed."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.attendance import Mark
from classes.models.course import Course

#: Marks that a rule weighs. Missing data counts neither for nor against a student.
WEIGHED_MARKS = tuple(mark for mark in Mark if mark != Mark.UNKNOWN)


def _weight(mark: Mark, default: str | None) -> "models.DecimalField[Decimal | None, Decimal | None]":
    value = None if default is None else Decimal(default)
    return models.DecimalField(mark.label, max_digits=3, decimal_places=2, null=True, default=value)


class GradeRule(models.Model):
    """How many points each mark is worth, 0 to 1; a mark without a weight is neutral and does not count."""

    enterprise = models.OneToOneField(
        "accounts.Enterprise", models.CASCADE, primary_key=True, related_name="grade_rule"
    )
    present = _weight(Mark.PRESENT, "1.00")
    late = _weight(Mark.LATE, "0.50")
    left_early = _weight(Mark.LEFT_EARLY, "0.50")
    late_and_left_early = _weight(Mark.LATE_AND_LEFT_EARLY, "0.50")
    absent = _weight(Mark.ABSENT, "0.00")
    excused = _weight(Mark.EXCUSED, None)

    class Meta:
        verbose_name = _("rule of attendance grades")
        verbose_name_plural = _("rules of attendance grades")
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{mark}__isnull": True}) | Q(**{f"{mark}__gte": 0, f"{mark}__lte": 1}),
                name=f"grade_{mark}_0_to_1",
            )
            for mark in WEIGHED_MARKS
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id}"


class GradeRevision(models.Model):
    """The grades of a course on the days of a term as they were fixed; append-only.

    `body` holds the rule and the grades, and names people only by their ids; `digest` is the SHA-256 of its
    canonical JSON. The term is kept by its name and days: it may be changed or deleted.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="grade_revisions")
    course = models.ForeignKey(
        Course, models.PROTECT, related_name="grade_revisions", verbose_name=_("course")
    )
    term_name = models.CharField(_("term"), max_length=60)
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    number = models.PositiveIntegerField(_("revision"))
    body = models.JSONField()
    digest = models.CharField(_("checksum"), max_length=64)
    fixed_at = models.DateTimeField(_("fixed at"), default=timezone.now)
    fixed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("fixed by")
    )

    class Meta:
        verbose_name = _("fixed attendance grades")
        verbose_name_plural = _("fixed attendance grades")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "since", "until", "number"], name="one_grade_revision_a_number"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="grade_days_run_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.course} · {self.term_name} · {self.number}"
