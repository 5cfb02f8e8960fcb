"""Rows that an event touches (the lesson and its recordings), shown before and after a replay."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classes.inbound.handlers import find_callback_lesson
from classes.models import Lesson, Observation, Recording
from console.inbox.models import Callback
from console.inbox.replay import PreviewField, PreviewRow, register_preview
from console.ui.badges import sync_badge


@register_preview
def preview_rows(callback: Callback) -> Iterable[PreviewRow]:
    """Yield the lesson that the event names, if it is known, and every track of its class."""
    lesson = find_callback_lesson(callback)
    if lesson is not None:
        yield PreviewRow(
            f"lesson:{lesson.pk}", _("Lesson “%(topic)s”") % {"topic": lesson.topic}, _lesson_fields(lesson)
        )
    if callback.class_id:
        tracks = Recording.objects.filter(
            enterprise_id=callback.enterprise_id, class_id=callback.class_id
        ).select_related("lesson")
        for track in tracks.order_by("video_id"):
            yield PreviewRow(
                f"recording:{track.video_id}",
                _("Recording %(id)s") % {"id": track.video_id},
                _track_fields(track),
            )


def _lesson_fields(lesson: Lesson) -> list[PreviewField]:
    event_count = lesson.observations.filter(source=Observation.Source.CALLBACK).count()
    return [
        PreviewField("status", gettext_lazy("status"), lesson.get_status_display()),
        PreviewField("began", gettext_lazy("actual start"), _format_time(lesson.real_started_at)),
        PreviewField("ended", gettext_lazy("actual end"), _format_time(lesson.real_ended_at)),
        PreviewField("look", gettext_lazy("next check at iclass"), _format_time(lesson.look_at)),
        PreviewField("sync", gettext_lazy("state at iclass"), str(sync_badge(lesson.sync_state).word)),
        PreviewField("evidence", gettext_lazy("entries and exits from callbacks"), str(event_count)),
    ]


def _track_fields(track: Recording) -> list[PreviewField]:
    """Return the fields of a track without its URL, which opens the video without a login."""
    return [
        PreviewField("lesson", gettext_lazy("lesson"), str(track.lesson or "")),
        PreviewField("kind", gettext_lazy("track"), track.get_video_type_display()),
        PreviewField("person", gettext_lazy("user ID"), track.user_id),
        PreviewField("format", gettext_lazy("format"), track.format),
        PreviewField(
            "seconds", gettext_lazy("length in seconds"), "" if track.seconds is None else str(track.seconds)
        ),
        PreviewField("bytes", gettext_lazy("size"), str(track.bytes)),
    ]


def _format_time(moment: datetime | None) -> str:
    return date_format(localtime(moment), "Y-m-d H:i:s") if moment else ""
