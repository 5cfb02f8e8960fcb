"""Feeds that calendar programs read, and what people were told of lessons."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class Feed(models.Model):
    """A calendar feed of one person or one group. Only the digest of its secret address is stored.

    A new feed for the same person or group takes the place of the old one.
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
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
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


class Told(models.Model):
    """What the people of a lesson were told of it, and which start they were reminded of. No row: nobody was
    told yet."""

    lesson = models.OneToOneField(Lesson, models.CASCADE, primary_key=True, related_name="told")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    topic = models.CharField(max_length=100, blank=True, default="", db_default="")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    day_for = models.DateTimeField(null=True)
    hour_for = models.DateTimeField(null=True)
    #: What those who hear that it does not take place are told besides.
    off_words = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("what was told of a lesson")
        verbose_name_plural = _("what was told of lessons")

    def __str__(self) -> str:
        return str(self.lesson_id)


class Seat(models.Model):
    """Somebody who came into a lesson, or was taken out of it, after its people had been told of it.

    The database writes it with the change (see its migration). `believes`: they were told last that they are
    expected. `changes` counts them, for the SEQUENCE of their calendar; topic and times are those that they
    knew when they left. `pending`: nobody has told them of the newest change.
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
        verbose_name = _("change of who is expected")
        verbose_name_plural = _("changes of who is expected")
        constraints = [models.UniqueConstraint(fields=["lesson", "person"], name="seat_once_a_lesson")]
        indexes = [models.Index(fields=["person"], condition=models.Q(pending=True), name="seat_to_tell")]

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.person_id}"
