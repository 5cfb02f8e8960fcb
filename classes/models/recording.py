"""Tracks of recordings (video_info)."""

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


def recording_files() -> Storage:
    """Return the storage of our copies (settings.STORAGES)."""
    return storages["recordings"]


class Recording(models.Model):
    """One track. It arrives once, by callback, and a sync never deletes it.

    `lesson` is empty while the class of the callback is unknown. The URL is world-readable, so pages give it
    only to people who may watch.
    """

    class Kind(models.IntegerChoices):
        CAMERA = 0, _("camera")
        SCREEN = 1, _("screen")
        BOARD = 2, _("whiteboard")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="recordings")
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="recordings")
    class_id = models.CharField(max_length=64)
    video_id = models.CharField(_("video ID"), max_length=80)
    video_type = models.SmallIntegerField(_("track"), choices=Kind.choices)
    user_id = models.CharField(_("user ID"), max_length=64, blank=True)
    url = models.CharField(max_length=1000)
    format = models.CharField(_("format"), max_length=20, blank=True)
    seconds = models.PositiveIntegerField(_("length in seconds"), null=True)
    bytes = models.PositiveBigIntegerField(_("size"), default=0)
    started_at = models.DateTimeField(_("start time"), null=True)
    ended_at = models.DateTimeField(_("end time"), null=True)
    raw = models.JSONField(default=dict)
    emptied_at = models.DateTimeField(_("permanently deleted at"), null=True)
    copy = models.FileField(_("copy"), storage=recording_files, max_length=200, blank=True)
    copy_sha256 = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(_("link last checked"), null=True)
    dead_since = models.DateTimeField(_("link broken since"), null=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "class_id", "video_id"], name="track_once"),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="track_newest"),
            models.Index(fields=["enterprise", "user_id"], name="track_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_video_type_display()} {self.video_id}"
