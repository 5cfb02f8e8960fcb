"""What somebody missed of a lesson, and where in its recordings that stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.urls import reverse

from classes.attendance.spans import Stretch, without
from classes.models import Recording

#: Shorter absences are not worth a link.
LEAST_S = 30
#: What shows most of a lesson comes first.
ORDER = (Recording.Kind.SCREEN, Recording.Kind.CAMERA, Recording.Kind.BOARD)


class Watch(NamedTuple):
    """A stretch that was missed, and the place in a recording where it begins, in seconds from its start."""

    begins: datetime
    ends: datetime
    recording: Recording
    offset: int

    @property
    def url(self) -> str:
        """Our link to the film, opened at that second (media fragment, which a browser keeps on the way)."""
        return f"{reverse('classes:play', args=[self.recording.pk])}#t={self.offset}"


def missed(facts: Mapping[str, Any]) -> list[Stretch]:
    """The parts of the time taught in which the person was not seen; what nobody could see is in them."""
    if not facts.get("taught") or facts.get("running"):
        return []
    start, end = facts["taught"]
    stays = [(stay["from"], end if stay["to"] is None else stay["to"]) for stay in facts["stays"]]
    return [one for one in without([(start, end)], stays) if one[1] - one[0] >= LEAST_S]


def watch_from(facts: Mapping[str, Any], recordings: Iterable[Recording]) -> list[Watch]:
    """For each stretch that was missed the first recording that shows its beginning or a part after it."""
    tracks = sorted(recordings, key=lambda one: (ORDER.index(Recording.Kind(one.video_type)), one.pk))
    found = (_watch(stretch, tracks) for stretch in missed(facts))
    return [one for one in found if one is not None]


def _watch(stretch: Stretch, tracks: Sequence[Recording]) -> Watch | None:
    for track in tracks:
        begins = _begins(track)
        ends = begins + track.seconds if begins is not None and track.seconds else None
        if begins is None or begins >= stretch[1] or (ends and ends <= stretch[0]):
            continue
        offset = max(0, stretch[0] - begins)
        return Watch(_at(stretch[0]), _at(stretch[1]), track, offset)
    return None


def _begins(track: Recording) -> int | None:
    """When the film begins: told, or its length before its told end."""
    if track.started_at:
        return int(track.started_at.timestamp())
    if track.ended_at and track.seconds:
        return int(track.ended_at.timestamp()) - track.seconds
    return None


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
