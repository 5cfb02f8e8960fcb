"""Missed parts of a lesson and their places in its recordings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.urls import reverse

from classes.attendance.calculation.intervals import Interval, difference
from classes.models import Recording

#: Shorter absences get no link.
MIN_MISSED_S = 30
#: The track that shows most of a lesson first.
TRACK_ORDER = (Recording.Kind.SCREEN, Recording.Kind.CAMERA, Recording.Kind.BOARD)


class MissedPart(NamedTuple):
    """A missed interval and its offset in a recording, in seconds from the start of the track."""

    begins: datetime
    ends: datetime
    recording: Recording
    offset: int

    @property
    def url(self) -> str:
        """Link to the page of the recording that plays this track from that second."""
        page = reverse("classes:recording", args=[self.recording.lesson_id])
        return f"{page}?track={self.recording.pk}&t={self.offset}#player"


def missed_intervals(facts: Mapping[str, Any]) -> list[Interval]:
    """Return the parts of the time taught without presence, unknown time included."""
    if not facts.get("taught") or facts.get("running"):
        return []
    start, end = facts["taught"]
    stays = [(stay["from"], end if stay["to"] is None else stay["to"]) for stay in facts["stays"]]
    return [one for one in difference([(start, end)], stays) if one[1] - one[0] >= MIN_MISSED_S]


def locate_missed_parts(facts: Mapping[str, Any], recordings: Iterable[Recording]) -> list[MissedPart]:
    """Return, for each missed interval, the first recording that shows its start or a later part."""
    tracks = sorted(recordings, key=lambda one: (TRACK_ORDER.index(Recording.Kind(one.video_type)), one.pk))
    found = (_locate_part(interval, tracks) for interval in missed_intervals(facts))
    return [one for one in found if one is not None]


def _locate_part(interval: Interval, tracks: Sequence[Recording]) -> MissedPart | None:
    for track in tracks:
        begins = _track_start(track)
        ends = begins + track.seconds if begins is not None and track.seconds else None
        if begins is None or begins >= interval[1] or (ends and ends <= interval[0]):
            continue
        offset = max(0, interval[0] - begins)
        return MissedPart(_to_datetime(interval[0]), _to_datetime(interval[1]), track, offset)
    return None


def _track_start(track: Recording) -> int | None:
    """Return the start of the track: as reported, or its end minus its length."""
    if track.started_at:
        return int(track.started_at.timestamp())
    if track.ended_at and track.seconds:
        return int(track.ended_at.timestamp()) - track.seconds
    return None


def _to_datetime(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
