"""Lesson (课堂) and Member (预约成员)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models.user import triple_characters
from classes.choices import ClassType, RecordType, Status
from classes.models.course import Course
from classes.models.guards import TEACHER_GUARD
from console.mirror.models import PolledModel
from console.outbox.mirrored import Mirrored
from console.outbox.states import SyncState

#: Conflict reason of a lesson created outside the console, where nobody could be asked.
MADE_OUTSIDE = "created outside the console"
#: Cancel reason of a lesson whose day left the recurrence rule; the day may return.
NOT_IN_SERIES = gettext_noop("no longer in the course")


def no_recording() -> list[str]:
    return [RecordType.LOCAL]


class Lesson(PolledModel, Mirrored):
    """A scheduled lesson (课堂模块 of the document); `remote_id` is its `class_id`.

    Desired columns come first. Only the mirror writes `status`, the real times and the links.
    `PolledModel` has the time of the next poll. `room_total` is the number of people in the last list
    without changes, `room_counts` the number of polls since then that asked only for that number.

    `occurrence` is the day of the recurrence rule, even if the lesson was moved. `conflict_allowed` means
    that `conflict_by` gave a reason to allow a conflict; otherwise the database prevents double-booking of
    the teacher. Nobody was asked about a lesson created outside the console.
    """

    MIRROR_COLUMNS = Mirrored.MIRROR_COLUMNS | {
        "status",
        "real_started_at",
        "real_ended_at",
        "teacher_url",
        "student_url",
        "later_sent",
    }

    # No index of its own: indexes of `Meta` start with the enterprise and with the teacher.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="lessons", db_index=False
    )
    course = models.ForeignKey(
        Course, models.SET_NULL, null=True, blank=True, related_name="lessons", verbose_name=_("course")
    )
    occurrence = models.DateField(_("day in the course"), null=True, editable=False)
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
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
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
        _("maximum people on the microphone"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    capacity = models.PositiveIntegerField(
        _("maximum people in the room"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )
    #: Extended fields that the API accepted last, under our names; the API never returns them.
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
    #: The lesson instead of which this one is held (`classes.timetable.make_up`).
    makes_up_for = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        related_name="make_ups",
        verbose_name=_("make-up lesson for"),
    )
    #: Whether a lesson that is not cancelled makes up for this one. A trigger keeps it.
    made_up = models.BooleanField(_("made up"), default=False, db_default=False, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    cancel_reason = models.CharField(_("cancellation reason"), max_length=300, blank=True, editable=False)

    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.WILL, editable=False
    )
    real_started_at = models.DateTimeField(_("actual start"), null=True, editable=False)
    real_ended_at = models.DateTimeField(_("actual end"), null=True, editable=False)
    teacher_url = models.CharField(max_length=500, blank=True, editable=False)
    student_url = models.CharField(max_length=500, blank=True, editable=False)

    double_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="doubles",
        verbose_name=_("possible duplicate of"),
    )
    rules = models.JSONField(_("attendance rules of this lesson"), null=True, editable=False)
    policy = models.JSONField(_("attendance rules at the end of the lesson"), null=True, editable=False)
    history_digest = models.CharField(max_length=64, blank=True, editable=False)
    history_reads = models.PositiveIntegerField(default=0, editable=False)
    history_lines = models.PositiveIntegerField(_("history entries read"), default=0, editable=False)
    history_total = models.PositiveIntegerField(_("history entries in total"), default=0, editable=False)
    room_total = models.PositiveIntegerField(null=True, editable=False)
    room_counts = models.PositiveSmallIntegerField(default=0, editable=False)
    final_at = models.DateTimeField(_("attendance final at"), null=True, editable=False)
    register_closed_at = models.DateTimeField(_("register closed at"), null=True, editable=False)
    facts_version = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Incremented by a trigger when something changes that calendars show.
    revision = models.PositiveIntegerField(default=0, editable=False)
    #: User id → role of its members, if a bulk query loaded them.
    expected_people: dict[str, str] | None = None

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) | Q(made_outside=True),
                name="lesson_ends_after_it_starts",
                violation_error_message=_("The end must be after the start."),
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
            models.UniqueConstraint(
                fields=["makes_up_for"],
                condition=Q(cancelled_at=None),
                name="one_make_up_a_lesson",
                violation_error_message=_("This lesson already has a make-up lesson."),
            ),
            TEACHER_GUARD,
        ]
        indexes = [
            models.Index(fields=["enterprise", "starts_at", "id"], name="lesson_by_start"),
            models.Index(fields=["enterprise", "topic", "id"], name="lesson_by_topic"),
            models.Index(fields=["enterprise", "-id"], name="lesson_newest"),
            models.Index(fields=["teacher", "starts_at"], name="lesson_by_teacher"),
            models.Index(fields=["enterprise"], condition=Q(made_outside=True), name="lesson_made_outside"),
            models.Index(fields=["facts_version"], name="lesson_by_facts"),
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="lesson_to_look_at"),
            # Partial indexes for the counts on the home page, which need not read the lessons of all years.
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
            models.Index(
                fields=["makes_up_for"], condition=Q(makes_up_for__isnull=False), name="lesson_make_ups"
            ),
            models.Index(
                fields=["enterprise", "starts_at"],
                condition=Q(cancelled_at__isnull=False, made_up=False),
                name="lesson_to_make_up",
            ),
            GinIndex(OpClass(triple_characters("topic"), "gin_trgm_ops"), name="lesson_topic_tripled"),
        ]

    def __str__(self) -> str:
        return self.topic

    def get_absolute_url(self) -> str:
        return reverse("classes:lesson", args=[self.pk])

    @property
    def class_id(self) -> int | None:
        """The id in the API, once the class exists there."""
        return int(self.remote_id) if self.remote_id else None

    @property
    def locked(self) -> bool:
        """Whether the lesson cannot change: running, finished, cancelled (API error 10223) or made up.

        A lesson that is made up counts nowhere; held after all, its marks would be lost.
        """
        return self.status != Status.WILL or self.cancelled_at is not None or self.made_up

    @property
    def is_live(self) -> bool:
        return self.status == Status.ING and self.cancelled_at is None

    @property
    def records_remotely(self) -> bool:
        return RecordType.REMOTE in self.record_types


class Member(models.Model):
    """A person expected in a lesson (课堂预约成员). The teacher is always expected and has no row.

    `via` is the group through which a student is a member; a member without one was added by hand and stays
    when groups change.
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
        verbose_name=_("added through the group"),
    )

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["lesson", "user"], name="member_once_a_lesson")]

    def __str__(self) -> str:
        return str(self.user)
