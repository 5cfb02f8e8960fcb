"""What an event touches, in words: the lesson and its recordings, for a replay's before and after."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classes.inbound import lesson_of
from classes.models import Lesson, Observation, Recording
from console.badges import sync_badge
from console.inbox.models import Callback
from console.inbox.replay import Field, Row, witness

#: A class has a handful of tracks; what is beyond is not drawn.
MOST_TRACKS = 50


@witness
def touched(callback: Callback) -> Iterable[Row]:
    """The lesson that the event names, if we know it, and every track of its class."""
    lesson = lesson_of(callback)
    if lesson is not None:
        yield Row(f"lesson:{lesson.pk}", _("Lesson “%(topic)s”") % {"topic": lesson.topic}, _lesson(lesson))
    if callback.class_id:
        tracks = Recording.objects.filter(
            enterprise_id=callback.enterprise_id, class_id=callback.class_id
        ).select_related("lesson")
        for track in tracks.order_by("video_id")[:MOST_TRACKS]:
            yield Row(
                f"recording:{track.video_id}", _("Recording %(id)s") % {"id": track.video_id}, _track(track)
            )


def _lesson(lesson: Lesson) -> list[Field]:
    told = lesson.observations.filter(source=Observation.Source.CALLBACK).count()
    return [
        Field("status", gettext_lazy("status"), lesson.get_status_display()),
        Field("began", gettext_lazy("really began"), _when(lesson.real_started_at)),
        Field("ended", gettext_lazy("really ended"), _when(lesson.real_ended_at)),
        Field("look", gettext_lazy("next look at iclass"), _when(lesson.look_at)),
        Field("sync", gettext_lazy("state at the service"), str(sync_badge(lesson.sync_state).word)),
        Field("evidence", gettext_lazy("entries and exits told by callbacks"), str(told)),
    ]


def _track(track: Recording) -> list[Field]:
    """Without the address, which opens the film for anybody."""
    return [
        Field("lesson", gettext_lazy("lesson"), str(track.lesson or "")),
        Field("kind", gettext_lazy("track"), track.get_video_type_display()),
        Field("person", gettext_lazy("user id"), track.user_id),
        Field("format", gettext_lazy("format"), track.format),
        Field(
            "seconds", gettext_lazy("length in seconds"), "" if track.seconds is None else str(track.seconds)
        ),
        Field("bytes", gettext_lazy("size"), str(track.bytes)),
    ]


def _when(moment: datetime | None) -> str:
    return date_format(localtime(moment), "Y-m-d H:i:s") if moment else ""
