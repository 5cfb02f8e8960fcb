"""Tracks from callbacks: a pure function of all callbacks, independent of their order."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from classes.models import Recording

#: Longer than any lesson; a longer duration is in milliseconds.
MAX_SECONDS = 24 * 3600
MAX_BYTES = 2**63 - 1


class FoldedTracks(NamedTuple):
    """`tracks` maps video ids to columns of Recording; `odd` is true if a part could not be read."""

    tracks: dict[str, dict[str, Any]]
    odd: bool


def fold_callbacks(callback_bodies: Iterable[Any]) -> FoldedTracks:
    """Merge the tracks of all callback bodies (`data` of `online_record_stop`).

    Per field, the non-empty value of the latest `timestamp` wins. Order of arrival and repeats do not matter.
    """
    tracks: dict[str, dict[str, Any]] = {}
    odd = False
    for body in sorted(callback_bodies, key=_callback_rank):
        data = body if isinstance(body, Mapping) else {}
        entries = data.get("video_info") or []
        for track in entries if isinstance(entries, list) else [entries]:
            name = _video_id(track)
            odd = odd or not name
            if name:
                columns = {
                    field: value for field, value in _columns(track, data).items() if value is not None
                }
                tracks[name] = tracks.get(name, {}) | columns
    return FoldedTracks({name: _complete_track(track) for name, track in tracks.items()}, odd)


def _callback_rank(body: Any) -> tuple[int, str]:
    stamp = body.get("timestamp") if isinstance(body, Mapping) else None
    return positive_int(stamp, MAX_BYTES) or 0, json.dumps(body, sort_keys=True)


def _video_id(track: Any) -> str:
    name = track.get("video_id") if isinstance(track, Mapping) else None
    return str(name)[:80] if isinstance(name, str | int) and not isinstance(name, bool) else ""


def _columns(track: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a track in one callback; None for missing values."""
    kind = track.get("video_type")
    return {
        "video_type": kind if kind in Recording.Kind.values else None,
        "user_id": _text(track.get("user_id"), 64),
        "url": _text(track.get("video_url"), 1000),
        "format": _text(track.get("video_format"), 20),
        "seconds": _seconds(track.get("video_duration")),
        "bytes": positive_int(track.get("video_size"), MAX_BYTES),
        "started_at": parse_timestamp(data.get("start_time")),
        "ended_at": parse_timestamp(data.get("stop_time")),
        "raw": dict(track),
    }


def _complete_track(columns: dict[str, Any]) -> dict[str, Any]:
    """Return all columns. A whiteboard has no user id, whatever the example of the document says."""
    empty = {"video_type": Recording.Kind.CAMERA, "user_id": "", "url": "", "format": "", "bytes": 0}
    track = {**empty, "seconds": None, "started_at": None, "ended_at": None, **columns}
    return track | {"user_id": ""} if track["video_type"] == Recording.Kind.BOARD else track


def _text(value: Any, max_length: int) -> str | None:
    return str(value)[:max_length] or None if isinstance(value, str | int) else None


def positive_int(value: Any, maximum: int) -> int | None:
    """Parse an integer from 1 to `maximum`, also from text; None for anything else."""
    try:
        found = int(value) if isinstance(value, int | str | float) else 0
    except (ValueError, OverflowError):
        return None
    return found if 0 < found <= maximum else None


def _seconds(value: Any) -> int | None:
    """Return the duration in seconds; a related document uses milliseconds under the same name."""
    length = positive_int(value, MAX_SECONDS * 1000)
    return length // 1000 if length and length > MAX_SECONDS else length


def parse_timestamp(value: Any) -> datetime | None:
    """Parse unix seconds; None for an invalid value."""
    seconds = positive_int(value, 253_402_300_799)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
