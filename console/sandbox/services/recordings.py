"""云端录制: recordings of a class with `remote`, announced by two callbacks."""

import secrets
from typing import Any

from console.sandbox import clock, knobs, ledger, links
from console.sandbox.callbacks import callback_queue
from console.sandbox.services import steps
from console.sandbox.store.models import Classroom, Recording, Stay

CAMERA, SCREEN, WHITEBOARD = 0, 1, 2
BYTES_A_SECOND = 106_250  # 850 kbit/s, the document's default bitrate
FAILED = 10250


def is_recorded(room: Classroom) -> bool:
    """Return whether this class raises recording events."""
    return "remote" in room.settings["record_types"] or knobs.value("record_type_local_only") == "events"


def start_recording(room: Classroom) -> None:
    """Start recording with the class and queue online_record_start."""
    if not is_recorded(room):
        return
    failed = knobs.value("recording_outcome") == "start_fails"
    if not failed:
        Recording.objects.create(classroom=room, start_time=room.real_start_time)
        ledger.record_effect(room.enterprise, "recording", room.class_id, "started")
    callback_queue.enqueue_callback(
        room.enterprise,
        "online_record_start",
        _outcome(failed) | {"class_id": room.class_id, "timestamp": clock.now()},
    )


def stop_recording(room: Classroom) -> None:
    """Stop recording with the class; the tracks follow when the step is due."""
    recording = Recording.objects.filter(classroom=room).first()
    if recording is None:
        return
    recording.stop_time = room.real_stop_time
    recording.save(update_fields=["stop_time"])
    steps.schedule_steps("recording", recording.pk, ["finished"])


def finish_recording(recording: Recording) -> None:
    """Announce the tracks: one per camera, one per shared screen, and the whiteboard."""
    room = recording.classroom
    failed = knobs.value("recording_outcome") == "stop_fails"
    recording.tracks = [] if failed else build_tracks(room, recording)
    recording.save(update_fields=["tracks"])
    ledger.record_effect(
        room.enterprise, "recording", room.class_id, "finished", tracks=len(recording.tracks)
    )
    enqueue_record_stop(recording, failed=failed)


def enqueue_record_stop(recording: Recording, *, failed: bool = False) -> None:
    """Queue online_record_stop."""
    room = recording.classroom
    told = {
        "timestamp": clock.now(),
        "start_time": recording.start_time,
        "stop_time": recording.stop_time,
        "class_id": room.class_id,
        "video_info": recording.tracks,
    }
    callback_queue.enqueue_callback(room.enterprise, "online_record_stop", _outcome(failed) | told)


def build_tracks(room: Classroom, recording: Recording) -> list[dict[str, Any]]:
    """Return the VideoInfo objects of a recording."""
    length = max((recording.stop_time or recording.start_time) - recording.start_time, 0)
    stays = Stay.objects.filter(classroom=room).order_by("id").select_related("person")
    owners = [(CAMERA, stay.person.user_id) for stay in stays if stay.camera_used]
    owners += [(SCREEN, stay.person.user_id) for stay in stays if stay.screen_used]
    board = room.teacher_id if knobs.value("whiteboard_user") == "teacher" else ""
    return [
        build_track(kind, user_id, length) for kind, user_id in dict.fromkeys([*owners, (WHITEBOARD, board)])
    ]


def build_track(kind: int, user_id: str, seconds: int) -> dict[str, Any]:
    """Return a VideoInfo; its url serves a sample of its size (`media/video.py`)."""
    video_id = str(5_285_890_781_000_000_000 + secrets.randbelow(10**12))
    size = seconds * BYTES_A_SECOND
    return {
        "video_play_time": seconds,
        "video_size": size,
        "video_format": "mp4",
        "video_duration": seconds,
        "video_url": f"{links.public_url()}/media/{video_id}-{size}.mp4",
        "video_id": video_id,
        "video_type": kind,
        "user_id": user_id,
    }


def _outcome(failed: bool) -> dict[str, Any]:
    return {"error_code": FAILED if failed else 0, "error_msg": "recording failed" if failed else ""}
