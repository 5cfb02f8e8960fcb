"""Attendance thresholds: rules of a school, the warnings that they raise, and what people did about them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classes.models.course import Course


class ThresholdRule(models.Model):
    """A threshold of the whole school, of the students of a grade or group, or of the lessons of a course.

    A rule whose grade, group or course was deleted applies to nobody; its warnings stay.

    `number` is a number of marks, or per cent of the attendance rate. `days` is the length of the period that
    ends today; absences in a row have none. `least` is the number of marks in the period from which on a rate
    counts. `checked_on` is the day, in the zone of the school, of the last evaluation of everybody; without
    one the rule is due. A worker that evaluates it holds it until `lease_until`. A removed rule stays as long
    as its warnings.
    """

    class Scope(models.TextChoices):
        SCHOOL = "school", _("whole school")
        GRADE = "grade", _("a grade")
        GROUP = "group", _("a group")
        COURSE = "course", _("a course")

    class Kind(models.TextChoices):
        ABSENCES = "absences", _("absences in a row")
        RATE = "rate", _("attendance rate below")
        LATE = "late", _("late several times")
        UNKNOWN = "unknown", _("no data in several lessons")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="threshold_rules")
    scope = models.CharField(_("applies to"), max_length=6, choices=Scope.choices, default=Scope.SCHOOL)
    group = models.ForeignKey(
        "accounts.StudentGroup",
        models.SET_NULL,
        null=True,
        related_name="threshold_rules",
        verbose_name=_("group"),
    )
    grade = models.ForeignKey(
        "accounts.Grade",
        models.SET_NULL,
        null=True,
        related_name="threshold_rules",
        verbose_name=_("grade"),
    )
    course = models.ForeignKey(
        Course, models.SET_NULL, null=True, related_name="threshold_rules", verbose_name=_("course")
    )
    kind = models.CharField(_("warn about"), max_length=8, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(_("number"))
    days = models.PositiveSmallIntegerField(_("within (days)"), null=True)
    least = models.PositiveSmallIntegerField(_("marks at least"), null=True)
    tells_teachers = models.BooleanField(_("notify the teacher in charge"), default=True)
    tells_office = models.BooleanField(_("notify administrators"), default=True)
    tells_student = models.BooleanField(_("notify the student"), default=False)
    tells_guardians = models.BooleanField(_("notify the guardians"), default=False, db_default=False)
    is_on = models.BooleanField(pgettext_lazy("warning rule", "on"), default=True)
    removed_at = models.DateTimeField(_("removed at"), null=True)
    checked_on = models.DateField(_("last checked"), null=True)
    lease_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("warning rule")
        verbose_name_plural = _("warning rules")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="school", group__isnull=True, course__isnull=True, grade__isnull=True)
                | Q(scope="group", course__isnull=True, grade__isnull=True)
                | Q(scope="course", group__isnull=True, grade__isnull=True)
                | Q(scope="grade", group__isnull=True, course__isnull=True),
                name="threshold_of_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(kind="absences", days__isnull=True, least__isnull=True)
                | Q(kind="rate", days__isnull=False, least__isnull=False, number__lte=100)
                | Q(kind__in=("late", "unknown"), days__isnull=False, least__isnull=True),
                name="threshold_has_its_numbers",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="threshold_of_one_or_more"),
            models.UniqueConstraint(
                fields=["enterprise", "kind", "group", "course", "grade", "number", "days", "least"],
                condition=Q(removed_at=None)
                & (
                    Q(scope="school")
                    | Q(group__isnull=False)
                    | Q(course__isnull=False)
                    | Q(grade__isnull=False)
                ),
                nulls_distinct=False,
                name="threshold_once_a_school",
            ),
        ]
        indexes = [
            models.Index(
                fields=["checked_on"], condition=Q(is_on=True, removed_at=None), name="threshold_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number}"

    @property
    def has_target(self) -> bool:
        """Whether it applies to the school, or its grade, group or course was not deleted."""
        return self.scope == self.Scope.SCHOOL or bool(self.grade_id or self.group_id or self.course_id)


class AttendanceWarning(models.Model):
    """A student who has crossed the threshold of a rule.

    `facts` are the numbers of the rule, and the marks that caused the warning, as they were then
    (`classes.attendance.thresholds.evidence`). From `opened_at` to `ended_at` the condition holds; meanwhile
    the rule raises no second warning of the student. `ending` is why it ended; `changes` are the marks whose
    correction took the warning back. `state` is how far people are with it.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("warning", "new")
        ACKNOWLEDGED = "taken", pgettext_lazy("warning", "in progress")
        CLOSED = "closed", pgettext_lazy("warning", "done")
        WITHDRAWN = "back", pgettext_lazy("warning", "taken back")

    #: Somebody still has to do something.
    UNHANDLED_STATES = (State.OPEN, State.ACKNOWLEDGED)

    class Ending(models.TextChoices):
        HOLDS = "", ""
        OVER = "over", _("The threshold is no longer crossed.")
        CORRECTED = "marks", _("Marks were corrected, and the threshold was not crossed.")
        RULE = "rule", _("The rule was changed, turned off or deleted.")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="attendance_warnings")
    rule = models.ForeignKey(
        ThresholdRule, models.CASCADE, related_name="warnings", verbose_name=_("warning rule")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="attendance_warnings",
        verbose_name=_("student"),
    )
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField(_("warned on"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ending = models.CharField(_("why it ended"), max_length=5, choices=Ending.choices, blank=True)
    changes = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("handled by")
    )
    acknowledged_at = models.DateTimeField(_("handled since"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("attendance warning")
        verbose_name_plural = _("attendance warnings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "person"], condition=Q(ended_at=None), name="one_warning_a_crossing"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="warning_ends_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="warning_newest"),
            models.Index(fields=["enterprise"], condition=Q(state="open"), name="warning_open"),
            models.Index(fields=["person", "rule"], name="warning_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.person}"

    @property
    def audit_label(self) -> str:
        """The label without the name, which is personal data."""
        return f"{self.rule} · {timezone.localtime(self.opened_at):%Y-%m-%d %H:%M}"

    @property
    def is_handled(self) -> bool:
        """Whether nobody has to do anything about it any more."""
        return self.state not in self.UNHANDLED_STATES

    @property
    def marks(self) -> list[dict[str, Any]]:
        """The marks that caused it: lesson (primary key), at (ISO time) and mark."""
        found: list[dict[str, Any]] = self.facts.get("marks", [])
        return found


class WarningFollowUp(models.Model):
    """What somebody did about a warning; append-only."""

    class Kind(models.TextChoices):
        CALLED = "called", _("called")
        MET = "met", _("met in person")
        LETTER = "letter", _("letter sent")
        NOTE = "note", _("note")

    warning = models.ForeignKey(
        AttendanceWarning, models.CASCADE, related_name="follow_ups", verbose_name=_("attendance warning")
    )
    kind = models.CharField(_("what was done"), max_length=6, choices=Kind.choices)
    text = models.CharField(_("details"), max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("follow-up of a warning")
        verbose_name_plural = _("follow-ups of warnings")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_kind_display()
