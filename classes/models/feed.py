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
    """Which start of a lesson its people were invited to, and reminded of. No row: nobody was told yet."""

    lesson = models.OneToOneField(Lesson, models.CASCADE, primary_key=True, related_name="told")
    starts_at = models.DateTimeField(null=True)
    day_for = models.DateTimeField(null=True)
    hour_for = models.DateTimeField(null=True)
    #: What those who hear that it does not take place are told besides.
    off_words = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("what was told of a lesson")
        verbose_name_plural = _("what was told of lessons")

    def __str__(self) -> str:
        return str(self.lesson_id)
