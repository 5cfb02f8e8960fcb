"""iCalendar feeds, and the state of lesson notifications."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class Feed(models.Model):
    """An iCalendar feed of a person or group. Only the digest of its secret URL is stored.

    A new feed of the same person or group replaces the old one.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="feeds")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="feeds", verbose_name=_("person")
    )
    group = models.ForeignKey(
        "accounts.StudentGroup", models.CASCADE, null=True, related_name="feeds", verbose_name=_("group")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(group__isnull=True), name="feed_of_a_person_or_a_group"
            ),
            models.UniqueConstraint(fields=["person"], name="one_feed_a_person"),
            models.UniqueConstraint(fields=["group"], name="one_feed_a_group"),
        ]

    def __str__(self) -> str:
        return str(self.person or self.group)


class AnnouncedState(models.Model):
    """The announced state of a lesson, and the starts for which reminders were sent.

    Without a row, nothing was announced yet.
    """

    lesson = models.OneToOneField(Lesson, models.CASCADE, primary_key=True, related_name="told")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    topic = models.CharField(max_length=100, blank=True, default="", db_default="")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    day_for = models.DateTimeField(null=True)
    hour_for = models.DateTimeField(null=True)
    #: Additional text of the cancellation notice.
    off_words = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        db_table = "classes_told"
        verbose_name = _("lesson notification")
        verbose_name_plural = _("lesson notifications")

    def __str__(self) -> str:
        return str(self.lesson_id)


class MembershipNotice(models.Model):
    """Membership change of a person after the lesson was announced.

    A database trigger writes it with the change (see its migration). `believes` is true if the last notice
    said that the person is expected. `changes` counts the changes, for the SEQUENCE of calendar events. Topic
    and times are those at the time of removal. `pending` is true until the newest change is announced.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="seats", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    believes = models.BooleanField()
    changes = models.PositiveIntegerField()
    pending = models.BooleanField()
    topic = models.CharField(max_length=100, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "classes_seat"
        verbose_name = _("member list change")
        verbose_name_plural = _("member list changes")
        constraints = [models.UniqueConstraint(fields=["lesson", "person"], name="seat_once_a_lesson")]
        indexes = [models.Index(fields=["person"], condition=models.Q(pending=True), name="seat_to_tell")]

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.person_id}"
