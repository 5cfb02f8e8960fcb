"""Each knob of the local service (docs/sandbox.md) in another position than its default.

`sign_clock` is turned always, for both clocks of the model move together. `callback_*` concern how the
service itself repeats; the model's own post repeats, delays and shuffles besides.
"""

from typing import Any

ALTERNATIVE_VALUES: dict[str, Any] = {
    "paging": "page",
    "size_over_100": "refuse",
    "total_form": "string",
    "list_lag_s": 30,
    "register_repeats": "refuse_all",
    "second_delete": "ok",
    "history_rows": "user",
    "history_open_stays": "left_out",
    "members_must_exist": False,
    "create_role_student_only": False,
    "remote_needs_recorder": False,
    "check_user_sigs": True,
    "early_entry_s": 0,
    "auto_end": False,
    "auto_end_empty_s": 0,
    "rejoin_devices": "off",
    "on_mic_limit": False,
    "heartbeat_s": 0,
    "session_life_s": 60,
    "transcode_allowed": False,
    "transcode_pace": "immediate",
    "transcode_step_s": 0,
    "transcode_outcome": "fails",
    "transcode_failed_status": "queued",
    "recording_pace": "immediate",
    "recording_step_s": 0,
    "recording_outcome": "stop_fails",
    "whiteboard_user": "teacher",
    "record_type_local_only": "events",
    "join_quit_callbacks": True,
    "callback_repeats": 0,
    "callback_retry_s": 1,
    "callback_resign": False,
    "callback_life_s": 60,
    "callback_timeout_s": 1,
}
ALL_KNOBS = {*ALTERNATIVE_VALUES, "sign_clock"}
