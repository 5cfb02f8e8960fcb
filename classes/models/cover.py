"""Absences of teachers, and who covers their lessons."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classes.models.lesson import Lesson

_AWAY = Func("begins_at", "ends_at", function="TSTZRANGE", output_field=DateTimeRangeField())


class TeacherAbsence(models.Model):
    """A teacher is away from `begins_at` until before `ends_at`; whole days begin and end at midnight.

    Two valid absences of one teacher do not overlap. A withdrawn one stays as a record.
    """

    class Kind(models.TextChoices):
        SICK = "sick", pgettext_lazy("absence", "sick")
        TRAINING = "training", pgettext_lazy("absence", "training")
        OTHER = "other", pgettext_lazy("absence", "other reason")

    # No index of its own: that of `Meta` starts with the enterprise.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="teacher_absences", db_index=False
    )
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences", verbose_name=_("teacher")
    )
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    kind = models.CharField(_("reason"), max_length=8, choices=Kind.choices, default=Kind.SICK)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(pgettext_lazy("leave", "entered"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("absence of a teacher")
        verbose_name_plural = _("absences of teachers")
        ordering = ["-begins_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")),
                name="absence_ends_after_it_begins",
                violation_error_message=_("The absence must end after it starts."),
            ),
            ExclusionConstraint(
                name="teacher_absent_once_at_a_time",
                expressions=[("teacher", RangeOperators.EQUAL), (_AWAY, RangeOperators.OVERLAPS)],
                condition=Q(withdrawn_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "begins_at", "id"], name="absence_by_begin"),
            models.Index(
                fields=["enterprise", "ends_at"], condition=Q(withdrawn_at=None), name="absence_valid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.audit_label}"

    @property
    def audit_label(self) -> str:
        """The label without the name, which is personal data."""
        return f"{timezone.localtime(self.begins_at):%Y-%m-%d %H:%M}"

    @property
    def is_whole_days(self) -> bool:
        """Whether it begins and ends at midnight in the school's zone."""
        zone = self.enterprise.tz
        return all(f"{at.astimezone(zone):%H%M%S}" == "000000" for at in (self.begins_at, self.ends_at))

    @property
    def is_one_day(self) -> bool:
        """Whether it is one whole day."""
        zone = self.enterprise.tz
        days = {at.astimezone(zone).date() for at in (self.begins_at, self.last_moment)}
        return self.is_whole_days and len(days) == 1

    @property
    def last_moment(self) -> datetime:
        """The last second of the absence, which is on its last day."""
        return self.ends_at - timedelta(seconds=1)


class Cover(models.Model):
    """A lesson of an absent teacher that somebody else teaches.

    It holds while it is not `undone_at` and the lesson still has the covering teacher: a lesson may be given
    to a third person later by an ordinary edit. `absent` is the teacher to whom the lesson goes back, and
    `was_assistant` whether the covering teacher assists again then.
    """

    # No index of its own: that of `Meta` starts with the enterprise.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="covers", db_index=False
    )
    absence = models.ForeignKey(
        TeacherAbsence, models.PROTECT, related_name="covers", verbose_name=_("absence")
    )
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="covers", verbose_name=_("lesson"))
    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="covered", verbose_name=_("absent teacher")
    )
    covering = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="covers", verbose_name=_("covering teacher")
    )
    was_assistant = models.BooleanField(default=False, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    created_at = models.DateTimeField(_("decided at"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )

    class Meta:
        verbose_name = pgettext_lazy("lesson", "cover")
        verbose_name_plural = pgettext_lazy("lesson", "covers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(absent=F("covering")), name="cover_by_somebody_else"),
            models.UniqueConstraint(
                fields=["lesson"], condition=Q(undone_at=None), name="one_cover_a_lesson"
            ),
        ]
        indexes = [
            models.Index(
                fields=["enterprise", "covering"], condition=Q(undone_at=None), name="cover_by_teacher"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson}: {self.covering} → {self.absent}"

    @property
    def audit_label(self) -> str:
        """The label without names, which are personal data."""
        return str(self.lesson)
