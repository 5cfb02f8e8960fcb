"""Who is in charge of a group (班主任) or of a grade (年级主任), and their deputies, by day."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.enterprise import Enterprise
from accounts.models.grade import Grade
from accounts.models.user import User

_DAYS = Func(
    "starts_on",
    "ends_on",
    RangeBoundary(inclusive_lower=True, inclusive_upper=True),
    function="DATERANGE",
    output_field=DateRangeField(),
)


def in_force(day: date, prefix: str = "") -> Q:
    """Return the condition that a charge holds on this day; `prefix` leads to it ("charges__")."""
    begun = Q(**{f"{prefix}starts_on": None}) | Q(**{f"{prefix}starts_on__lte": day})
    return begun & (Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": day}))


class TeacherInCharge(models.Model):
    """A member of staff is in charge of a group or heads a grade, or deputises, between two days.

    A head of grade has the rights of a teacher in charge in every group of the grade, present or later. Both
    days are included and lie in the school's time zone; an open day has no limit. Rights exist on these days
    only. One person stands once a day in a group or grade; several people may be in charge of it.
    """

    class Kind(models.TextChoices):
        CHARGE = "charge", _("teacher in charge")
        DEPUTY = "deputy", _("deputy")

    #: What `Kind` is called for a grade.
    GRADE_KINDS: ClassVar[dict[str, str | Promise]] = {
        Kind.CHARGE: _("head of grade"),
        Kind.DEPUTY: _("deputy head of grade"),
    }

    # No index of its own: a school's charges are found through their group, grade or teacher.
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="charges", db_index=False)
    group = models.ForeignKey(
        "accounts.StudentGroup",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="charges",
        verbose_name=_("group"),
    )
    grade = models.ForeignKey(
        Grade, models.CASCADE, null=True, blank=True, related_name="charges", verbose_name=_("grade")
    )
    teacher = models.ForeignKey(
        User, models.CASCADE, related_name="charges", verbose_name=_("teacher in charge")
    )
    kind = models.CharField(
        pgettext_lazy("teacher in charge", "kind"), max_length=6, choices=Kind.choices, default=Kind.CHARGE
    )
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("teacher in charge of a group")
        verbose_name_plural = _("teachers in charge of groups")
        ordering = ["kind", F("starts_on").asc(nulls_first=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="charge_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=False, grade=None) | Q(group=None, grade__isnull=False),
                name="charge_of_a_group_or_a_grade",
                violation_error_message=_("Choose either a group or a grade."),
            ),
            ExclusionConstraint(
                name="in_charge_of_a_group_once_a_day",
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    ("teacher", RangeOperators.EQUAL),
                    (_DAYS, RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "This person is already entered for this group on some of these days. Change that entry."
                ),
            ),
            ExclusionConstraint(
                name="head_of_a_grade_once_a_day",
                expressions=[
                    ("grade", RangeOperators.EQUAL),
                    ("teacher", RangeOperators.EQUAL),
                    (_DAYS, RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "This person is already entered for this grade on some of these days. Change that entry."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} · {self.subject}"

    @property
    def subject(self) -> Any:
        """The group or the grade."""
        return self.group if self.group_id is not None else self.grade

    @property
    def kind_label(self) -> str:
        """What this kind is called for a group, or for a grade."""
        return str(self.GRADE_KINDS[self.kind] if self.grade_id is not None else self.get_kind_display())

    def holds_on(self, day: date) -> bool:
        """Return whether it is in force on this day, as `in_force` asks the database."""
        begun = self.starts_on is None or self.starts_on <= day
        return begun and (self.ends_on is None or self.ends_on >= day)

    @property
    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        return {
            "teacher": self.teacher.user_id,
            "kind": self.kind,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
        }
