"""Recording of a lesson as a whole: its outcome by callbacks, and the school's own fields."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class LessonRecording(models.Model):
    """The recording of a class, or its failure as reported by iclass. Its tracks are `Recording`.

    `begin_…` and `end_…` hold the newest callback of each event by its own timestamp; `…_rank` orders them,
    so that order of arrival and repeats do not matter. Title, tags and retention belong to the school: a last
    day of the recording or `keep_for_good` overrides `Enterprise.keep_recordings_days`. A recording in the
    bin is purged after thirty days; a callback never restores it.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="footage")
    lesson = models.OneToOneField(Lesson, models.SET_NULL, null=True, related_name="footage")
    class_id = models.CharField(max_length=64)
    begin_rank = models.CharField(max_length=100, blank=True)
    begin_at = models.DateTimeField(_("start time"), null=True)
    begin_code = models.IntegerField(default=0)
    begin_message = models.CharField(max_length=200, blank=True)
    end_rank = models.CharField(max_length=100, blank=True)
    end_at = models.DateTimeField(_("end time"), null=True)
    end_code = models.IntegerField(default=0)
    end_message = models.CharField(max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("tags"))
    keep_until = models.DateField(_("keep until"), null=True, blank=True)
    keep_for_good = models.BooleanField(_("kept indefinitely"), default=False)
    binned_at = models.DateTimeField(_("moved to the recycle bin at"), null=True)
    emptied_at = models.DateTimeField(_("permanently deleted at"), null=True)

    class Meta:
        db_table = "classes_footage"
        verbose_name = _("lesson recording")
        verbose_name_plural = _("lesson recordings")
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
