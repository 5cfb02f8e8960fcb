"""What callbacks tell of recordings: a pure fold over everything told, whatever its order."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from classes.models import Recording

#: Longer than any lesson: a length beyond it was told in milliseconds.
MOST_SECONDS = 24 * 3600
MOST_BYTES = 2**63 - 1


class Told(NamedTuple):
    """`tracks`: video id → columns of Recording. `odd`: whether a part could not be read."""

    tracks: dict[str, dict[str, Any]]
    odd: bool


def fold(tellings: Iterable[Any]) -> Told:
    """Each track as all tellings (`data` of `online_record_stop`) together have it.

    The later telling wins, field by field, by its own `timestamp` and not by when it came; what it leaves
    empty the earlier one keeps. Order and repeats do not matter.
    """
    tracks: dict[str, dict[str, Any]] = {}
    odd = False
    for telling in sorted(tellings, key=_rank):
        data = telling if isinstance(telling, Mapping) else {}
        listed = data.get("video_info") or []
        for track in listed if isinstance(listed, list) else [listed]:
            name = _name(track)
            odd = odd or not name
            if name:
                told = {field: value for field, value in _columns(track, data).items() if value is not None}
                tracks[name] = tracks.get(name, {}) | told
    return Told({name: _whole(track) for name, track in tracks.items()}, odd)


def _rank(telling: Any) -> tuple[int, str]:
    stamp = telling.get("timestamp") if isinstance(telling, Mapping) else None
    return number(stamp, MOST_BYTES) or 0, json.dumps(telling, sort_keys=True)


def _name(track: Any) -> str:
    name = track.get("video_id") if isinstance(track, Mapping) else None
    return str(name)[:80] if isinstance(name, str | int) and not isinstance(name, bool) else ""


def _columns(track: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What one telling says of a track; None where it says nothing."""
    kind = track.get("video_type")
    return {
        "video_type": kind if kind in Recording.Kind.values else None,
        "user_id": _text(track.get("user_id"), 64),
        "url": _text(track.get("video_url"), 1000),
        "format": _text(track.get("video_format"), 20),
        "seconds": _seconds(track.get("video_duration")),
        "bytes": number(track.get("video_size"), MOST_BYTES),
        "started_at": moment(data.get("start_time")),
        "ended_at": moment(data.get("stop_time")),
        "raw": dict(track),
    }


def _whole(told: dict[str, Any]) -> dict[str, Any]:
    """Every column. A whiteboard belongs to nobody, whatever the document's example says."""
    empty = {"video_type": Recording.Kind.CAMERA, "user_id": "", "url": "", "format": "", "bytes": 0}
    track = {**empty, "seconds": None, "started_at": None, "ended_at": None, **told}
    return track | {"user_id": ""} if track["video_type"] == Recording.Kind.BOARD else track


def _text(told: Any, most: int) -> str | None:
    return str(told)[:most] or None if isinstance(told, str | int) else None


def number(told: Any, most: int) -> int | None:
    """A whole number from 1 to `most`, also one that was written as text."""
    try:
        found = int(told) if isinstance(told, int | str | float) else 0
    except (ValueError, OverflowError):
        return None
    return found if 0 < found <= most else None


def _seconds(told: Any) -> int | None:
    """The length in seconds; a sibling document tells milliseconds under the same name."""
    length = number(told, MOST_SECONDS * 1000)
    return length // 1000 if length and length > MOST_SECONDS else length


def moment(told: Any) -> datetime | None:
    """A moment that was told in unix seconds; None for what is none."""
    seconds = number(told, 253_402_300_799)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
