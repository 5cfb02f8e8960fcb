"""Evidence (Observation) and the results derived from it (Stay, Attendance)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class Observation(models.Model):
    """Append-only evidence: a poll line, a history line, a callback, or a failed or late poll.

    `seen_at` is when the console received it; `entered_at` and `left_at` are reported by the API. A poll
    without changes adds one `tick` per lesson and no row per person. A poll for only the number of people
    that equals the last one adds a `count`.
    """

    class Source(models.TextChoices):
        POLL = "poll", _("live member list")
        HISTORY = "history", _("history list")
        CALLBACK = "callback", _("message from iclass")
        TICK = "tick", _("poll without changes")
        COUNT = "count", _("number in the room unchanged")
        FAILED = "failed", _("failed poll")
        LATE = "late", _("late poll")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="observations")
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    seen_at = models.DateTimeField(_("data as of"), default=timezone.now)
    user_id = models.CharField(_("user ID"), max_length=64, blank=True)
    nickname = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20, blank=True)
    present = models.BooleanField(_("in the room"), null=True)
    entered_at = models.DateTimeField(_("entered"), null=True)
    left_at = models.DateTimeField(_("left"), null=True)
    raw = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["id"]
        indexes = [models.Index(fields=["lesson", "user_id", "id"], name="observation_of_person")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.user_id}".strip()


class Mark(models.TextChoices):
    PRESENT = "present", _("present")
    LATE = "late", _("late")
    LEFT_EARLY = "left_early", _("left early")
    LATE_AND_LEFT_EARLY = "late_and_left_early", _("late and left early")
    ABSENT = "absent", _("absent")
    EXCUSED = "excused", _("excused")
    UNKNOWN = "unknown", _("no data")


class Grade(models.TextChoices):
    """Quality of the evidence for a stay."""

    TWO_SOURCES = "two_sources", _("two sources")
    ONE_SOURCE = "one_source", _("one source")
    INFERRED = "inferred", _("inferred")
    UNCONFIRMED = "unconfirmed", _("one source, unconfirmed")
    BY_HAND = "by_hand", _("by hand")
    NONE = "none", _("no evidence")


class Stay(models.Model):
    """An interval of presence, derived from observations and rewritten by each calculation."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="stays")
    user_id = models.CharField(_("user ID"), max_length=64)
    entered_at = models.DateTimeField(_("entered"))
    left_at = models.DateTimeField(_("left"), null=True)
    evidence = models.CharField(_("evidence"), max_length=12, choices=Grade.choices)

    class Meta:
        verbose_name = _("interval")
        verbose_name_plural = _("intervals")
        ordering = ["entered_at", "id"]
        indexes = [models.Index(fields=["lesson", "user_id", "entered_at"], name="stay_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")), name="stay_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {timezone.localtime(self.entered_at):%H:%M:%S}"


class Attendance(models.Model):
    """The mark of one person in one lesson; `reason` holds the facts of its explanation.

    `derived_mark` follows from the evidence; `mark` is the same unless it was corrected. `user_id` is always
    set, `person` only for people of the school. `expected` is false for guests and visitors. `share` is the
    fraction of the time really taught, 0 to 1.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="attendance")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="attendance",
        verbose_name=_("person"),
    )
    user_id = models.CharField(_("user ID"), max_length=64)
    nickname = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20)
    expected = models.BooleanField(_("expected"), default=True)
    mark = models.CharField(_("mark"), max_length=20, choices=Mark.choices, blank=True)
    derived_mark = models.CharField(
        _("mark by the evidence"), max_length=20, choices=Mark.choices, blank=True
    )
    first_entered_at = models.DateTimeField(_("first joined"), null=True)
    last_left_at = models.DateTimeField(_("last left"), null=True)
    present_seconds = models.PositiveIntegerField(_("time present (seconds)"), default=0)
    share = models.DecimalField(_("share"), max_digits=5, decimal_places=4, null=True)
    evidence = models.CharField(_("evidence"), max_length=12, choices=Grade.choices, default=Grade.NONE)
    reason = models.JSONField(_("reason"), default=dict)
    provisional = models.BooleanField(_("provisional"), default=True)
    reckoned_at = models.DateTimeField(_("calculated at"), default=timezone.now)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["lesson", "role", "nickname", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "user_id"], name="one_mark_a_person_and_lesson"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=1), name="share_never_above_one"
            ),
        ]
        indexes = [models.Index(fields=["person", "-lesson"], name="attendance_of_person")]

    def __str__(self) -> str:
        return f"{self.nickname or self.user_id}: {self.get_mark_display() or '–'}"
