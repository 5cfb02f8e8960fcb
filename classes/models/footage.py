"""What the two callbacks say of a lesson's recording as a whole, and what the school makes of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class Footage(models.Model):
    """One row a class that was recorded, or that iclass said could not be. Its tracks are `Recording`.

    `begin_…` and `end_…` are the newest telling of each event, by its own clock: `…_rank` orders them, so
    that order and repeats do not matter. Title, tags and days are the school's own: a last day of its own, or
    `keep_for_good`, goes before the days of the school (`Enterprise.keep_recordings_days`). What is put into
    the bin goes thirty days later; a callback never brings it back.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="footage")
    lesson = models.OneToOneField(Lesson, models.SET_NULL, null=True, related_name="footage")
    class_id = models.CharField(max_length=64)
    begin_rank = models.CharField(max_length=100, blank=True)
    begin_at = models.DateTimeField(_("began"), null=True)
    begin_code = models.IntegerField(default=0)
    begin_message = models.CharField(max_length=200, blank=True)
    end_rank = models.CharField(max_length=100, blank=True)
    end_at = models.DateTimeField(_("ended"), null=True)
    end_code = models.IntegerField(default=0)
    end_message = models.CharField(max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("tags"))
    keep_until = models.DateField(_("keep until"), null=True, blank=True)
    keep_for_good = models.BooleanField(_("kept for good"), default=False)
    binned_at = models.DateTimeField(_("put into the bin"), null=True)
    emptied_at = models.DateTimeField(_("gone for good"), null=True)

    class Meta:
        verbose_name = _("recording of a lesson")
        verbose_name_plural = _("recordings of lessons")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "class_id"], name="footage_once_a_class"),
        ]
        indexes = [
            models.Index(
                fields=["binned_at"], condition=models.Q(binned_at__isnull=False), name="footage_in_bin"
            ),
            models.Index(
                fields=["lesson"],
                condition=~models.Q(begin_code=0) | ~models.Q(end_code=0),
                name="footage_failed",
            ),
            models.Index(
                fields=["keep_until"], condition=models.Q(keep_until__isnull=False), name="footage_kept_until"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.class_id
