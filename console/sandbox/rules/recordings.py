"""云端录制: what a class with `remote` leaves behind, told by two callbacks."""

import secrets
from typing import Any

from .. import address, clock, knobs, ledger
from ..callbacks import queue
from ..store.models import Classroom, Recording, Stay
from . import steps

CAMERA, SCREEN, WHITEBOARD = 0, 1, 2
BYTES_A_SECOND = 106_250  # 850 kbit/s, the document's default bitrate
FAILED = 10250


def wanted(room: Classroom) -> bool:
    """Whether this class raises recording events."""
    return "remote" in room.settings["record_types"] or knobs.value("record_type_local_only") == "events"


def begin(room: Classroom) -> None:
    """Start recording with the class; online_record_start tells how that went."""
    if not wanted(room):
        return
    failed = knobs.value("recording_outcome") == "start_fails"
    if not failed:
        Recording.objects.create(classroom=room, start_time=room.real_start_time)
        ledger.effect(room.enterprise, "recording", room.class_id, "started")
    queue.event(
        room.enterprise,
        "online_record_start",
        _outcome(failed) | {"class_id": room.class_id, "timestamp": clock.now()},
    )


def end(room: Classroom) -> None:
    """Stop recording with the class; the tracks follow when the step is due."""
    recording = Recording.objects.filter(classroom=room).first()
    if recording is None:
        return
    recording.stop_time = room.real_stop_time
    recording.save(update_fields=["stop_time"])
    steps.plan("recording", recording.pk, ["finished"])


def finish(recording: Recording) -> None:
    """Tell of the tracks: one a camera, one a shared screen, and the whiteboard."""
    room = recording.classroom
    failed = knobs.value("recording_outcome") == "stop_fails"
    recording.tracks = [] if failed else tracks_of(room, recording)
    recording.save(update_fields=["tracks"])
    ledger.effect(room.enterprise, "recording", room.class_id, "finished", tracks=len(recording.tracks))
    tell(recording, failed=failed)


def tell(recording: Recording, *, failed: bool = False) -> None:
    """Queue online_record_stop."""
    room = recording.classroom
    told = {
        "timestamp": clock.now(),
        "start_time": recording.start_time,
        "stop_time": recording.stop_time,
        "class_id": room.class_id,
        "video_info": recording.tracks,
    }
    queue.event(room.enterprise, "online_record_stop", _outcome(failed) | told)


def tracks_of(room: Classroom, recording: Recording) -> list[dict[str, Any]]:
    """The VideoInfo objects of a recording."""
    length = max((recording.stop_time or recording.start_time) - recording.start_time, 0)
    stays = Stay.objects.filter(classroom=room).order_by("id").select_related("person")
    owners = [(CAMERA, stay.person.user_id) for stay in stays if stay.camera_used]
    owners += [(SCREEN, stay.person.user_id) for stay in stays if stay.screen_used]
    board = room.teacher_id if knobs.value("whiteboard_user") == "teacher" else ""
    return [track(kind, user_id, length) for kind, user_id in dict.fromkeys([*owners, (WHITEBOARD, board)])]


def track(kind: int, user_id: str, seconds: int) -> dict[str, Any]:
    """One VideoInfo; behind its url lies a sample of its size (`results/film.py`)."""
    video_id = str(5_285_890_781_000_000_000 + secrets.randbelow(10**12))
    size = seconds * BYTES_A_SECOND
    return {
        "video_play_time": seconds,
        "video_size": size,
        "video_format": "mp4",
        "video_duration": seconds,
        "video_url": f"{address.public()}/media/{video_id}-{size}.mp4",
        "video_id": video_id,
        "video_type": kind,
        "user_id": user_id,
    }


def _outcome(failed: bool) -> dict[str, Any]:
    return {"error_code": FAILED if failed else 0, "error_msg": "recording failed" if failed else ""}
