"""Lesson (课堂) and Member (预约成员)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from classes.kinds import ClassType, RecordType, Status
from classes.models.course import Course
from classes.models.guards import LastGuard
from console.mirror.models import Watched
from console.outbox.mirrored import Mirrored
from console.outbox.states import SyncState

#: Names the constraint, for services to know its refusal by.
ONCE_AT_A_TIME = "lesson_teacher_once_at_a_time"
#: The reason of a lesson that somebody made elsewhere: nobody here was asked.
MADE_OUTSIDE = "made outside"
#: Why a lesson was cancelled whose day is not in the rule any more; such a day may come back.
NOT_IN_SERIES = gettext_noop("no longer in the series")


def no_recording() -> list[str]:
    return [RecordType.LOCAL]


class Lesson(Watched, Mirrored):
    """One scheduled lesson. The document's 课堂模块; `remote_id` is its `class_id`.

    Wanted columns come first; `status`, the real times and the chat ids are only ever written by the
    mirror. `Watched` holds when the lesson is next looked at. `room_total` is how many the last list had that
    brought no change, `room_counts` how often only their number was asked for since.

    `occurrence` is the day for which the rule of its course made it, wherever it was moved since.
    `conflict_allowed`: `conflict_by` gave a reason to plan it in spite of a conflict; the database keeps all
    others from double-booking their teacher. Of a lesson made outside nobody was asked.
    """

    # The indexes of `Meta` begin with it, with the teacher, and that of members with the lesson.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="lessons", db_index=False
    )
    course = models.ForeignKey(
        Course, models.SET_NULL, null=True, blank=True, related_name="lessons", verbose_name=_("course")
    )
    occurrence = models.DateField(_("day of the series"), null=True, editable=False)
    topic = models.CharField(_("topic"), max_length=100)
    class_type = models.CharField(_("type"), max_length=8, choices=ClassType.choices, default=ClassType.SMALL)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="lessons_taught",
        verbose_name=_("teacher"),
        db_index=False,
    )
    groups = models.ManyToManyField(
        "accounts.StudentGroup", related_name="lessons", blank=True, verbose_name=_("groups")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    record_types = ArrayField(
        models.CharField(max_length=10, choices=RecordType.choices),
        default=no_recording,
        blank=True,
        verbose_name=_("recording"),
    )
    auto_open_mic = models.BooleanField(_("microphone on at entry"), default=False)
    auto_open_camera = models.BooleanField(_("camera on at entry"), default=False)
    bitrate = models.PositiveIntegerField(
        _("bit rate (kbit/s)"), default=850, validators=[MinValueValidator(100), MaxValueValidator(10000)]
    )
    max_on_mic = models.PositiveSmallIntegerField(
        _("most people on the microphone"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    capacity = models.PositiveIntegerField(
        _("most people in the room"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )
    #: What of the later revision's fields the service took last, in our words; it never tells them itself.
    later_sent = models.JSONField(null=True, editable=False)
    conflict_allowed = models.BooleanField(_("conflict allowed"), default=False, editable=False)
    conflict_reason = models.CharField(
        _("reason for the conflict"), max_length=300, blank=True, editable=False
    )
    conflict_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("conflict allowed by"),
    )
    conflict_at = models.DateTimeField(_("conflict allowed at"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=300, blank=True, editable=False)

    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.WILL, editable=False
    )
    real_started_at = models.DateTimeField(_("really began"), null=True, editable=False)
    real_ended_at = models.DateTimeField(_("really ended"), null=True, editable=False)
    teacher_url = models.CharField(max_length=500, blank=True, editable=False)
    student_url = models.CharField(max_length=500, blank=True, editable=False)

    double_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="doubles",
        verbose_name=_("perhaps a second copy of"),
    )
    rules = models.JSONField(_("rules of attendance of this lesson"), null=True, editable=False)
    policy = models.JSONField(_("rules of attendance, frozen at the end"), null=True, editable=False)
    history_digest = models.CharField(max_length=64, blank=True, editable=False)
    history_reads = models.PositiveIntegerField(default=0, editable=False)
    history_lines = models.PositiveIntegerField(_("lines of the history read"), default=0, editable=False)
    history_total = models.PositiveIntegerField(_("lines that the history has"), default=0, editable=False)
    room_total = models.PositiveIntegerField(null=True, editable=False)
    room_counts = models.PositiveSmallIntegerField(default=0, editable=False)
    final_at = models.DateTimeField(_("attendance final"), null=True, editable=False)
    register_closed_at = models.DateTimeField(_("register closed"), null=True, editable=False)
    facts_version = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Counted up by the database whenever something changes that calendars show.
    revision = models.PositiveIntegerField(default=0, editable=False)
    #: User id → role of its members, where whoever loaded many lessons loaded them too.
    expected_people: dict[str, str] | None = None

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) | Q(made_outside=True),
                name="lesson_ends_after_it_starts",
                violation_error_message=_("The lesson must end after it starts."),
            ),
            models.UniqueConstraint(
                fields=["enterprise", "remote_id"],
                condition=~Q(remote_id=""),
                name="lesson_once_at_the_service",
            ),
            models.CheckConstraint(
                condition=Q(conflict_allowed=False) | ~Q(conflict_reason=""),
                name="lesson_conflict_has_a_reason",
            ),
            LastGuard(
                name=ONCE_AT_A_TIME,
                expressions=[
                    ("teacher", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_at",
                            "ends_at",
                            function="TSTZRANGE",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_at__isnull=True, conflict_allowed=False),
                deferrable=Deferrable.DEFERRED,
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "starts_at", "id"], name="lesson_by_start"),
            models.Index(fields=["enterprise", "-id"], name="lesson_newest"),
            models.Index(fields=["teacher", "starts_at"], name="lesson_by_teacher"),
            models.Index(fields=["enterprise"], condition=Q(made_outside=True), name="lesson_made_outside"),
            models.Index(fields=["facts_version"], name="lesson_by_facts"),
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="lesson_to_look_at"),
            # What the first page counts is found without the lessons of all years.
            models.Index(
                fields=["enterprise", "status", "starts_at"],
                condition=Q(cancelled_at=None) & ~Q(status=Status.END),
                name="lesson_not_over",
            ),
            models.Index(
                fields=["enterprise"],
                condition=Q(status=Status.END, cancelled_at=None, final_at=None),
                name="lesson_provisional",
            ),
            models.Index(
                fields=["enterprise", "sync_state"],
                condition=~Q(sync_state=SyncState.IN_SYNC),
                name="lesson_not_in_sync",
            ),
        ]

    def __str__(self) -> str:
        return self.topic

    def get_absolute_url(self) -> str:
        return reverse("classes:lesson", args=[self.pk])

    @property
    def class_id(self) -> int | None:
        """The service's id, once it made the class."""
        return int(self.remote_id) if self.remote_id else None

    @property
    def locked(self) -> bool:
        """Running and finished lessons cannot be changed (error 10223 at the service)."""
        return self.status != Status.WILL or self.cancelled_at is not None

    @property
    def is_live(self) -> bool:
        return self.status == Status.ING and self.cancelled_at is None

    @property
    def records_remotely(self) -> bool:
        return RecordType.REMOTE in self.record_types


class Member(models.Model):
    """A person expected in a lesson (课堂预约成员). The teacher always is one and has no row here.

    `via` is the group by which a student came; whoever has none was added by hand and stays, however
    groups change.
    """

    class Role(models.TextChoices):
        STUDENT = "student", _("student")
        ASSISTANT = "assistant", _("assistant")
        SUPERVISOR = "supervisor", _("supervisor")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.STUDENT)
    via = models.ForeignKey(
        "accounts.StudentGroup",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="brought",
        verbose_name=_("came by the group"),
    )

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["lesson", "user"], name="member_once_a_lesson")]

    def __str__(self) -> str:
        return str(self.user)
