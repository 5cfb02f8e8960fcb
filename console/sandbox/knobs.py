"""Knobs for what the document leaves open, each with the source of its default.

A knob is turned through `POST /control/knobs` and keeps its position over a restart.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.sandbox.errors import invalid
from console.sandbox.store import write_transaction
from console.sandbox.store.models import Setting


class Source(StrEnum):
    """Source of the default of a knob."""

    DOC = "the document"
    LATER = "a later revision of the document"
    CLIENT = "seen in a client of the service"
    OURS = "our assumption"


@dataclass(frozen=True)
class Knob:
    """A knob: its name, its default, the allowed values (empty: any number ≥ 0)."""

    name: str
    default: Any
    choices: tuple[Any, ...]
    source: Source
    about: str


SWITCH = (True, False)
NUMBER: tuple[Any, ...] = ()
PACES = ("immediate", "manual", "timed")

KNOBS = (
    Knob("paging", "offset", ("offset", "page"), Source.CLIENT,
         "What `index` counts: rows to skip, or pages of `size` rows."),
    Knob("size_over_100", "cap", ("cap", "refuse"), Source.OURS,
         "A `size` above 100 (the document's most) is cut down, or refused with 10003."),
    Knob("total_form", "number", ("number", "string"), Source.DOC,
         "`total` is a number in every example and a string in the tables of users and members."),
    Knob("list_lag_s", 0, NUMBER, Source.OURS,
         "Seconds until a new class or document stands in the lists."),
    Knob("register_repeats", "partial_error", ("partial_error", "partial_ok", "refuse_all"), Source.DOC,
         "Register with known user ids: the new ones are made and 10214 or 0 is answered, or none is made."),
    Knob("second_delete", "unknown", ("unknown", "ok"), Source.OURS,
         "A second delete of a class or document answers as for an unknown one, or 0."),
    Knob("history_rows", "stay", ("stay", "user"), Source.OURS,
         "The history list holds one row a stay, or one row a user from first entry to last exit."),
    Knob("history_open_stays", "included", ("included", "left_out"), Source.OURS,
         "Somebody still in the room stands in the history with `quit_time` 0, or not yet."),
    Knob("members_must_exist", True, SWITCH, Source.OURS,
         "Teacher and members of a class must be registered (else 10215)."),
    Knob("create_role_student_only", True, SWITCH, Source.DOC,
         "`members[].role` of create and modify must be student (10003 otherwise)."),
    Knob("remote_needs_recorder", True, SWITCH, Source.DOC,
         "`remote` recording needs record_user_id and record_user_sig (10003 otherwise)."),
    Knob("check_user_sigs", False, SWITCH, Source.OURS,
         "admin_sig and record_user_sig are verified as UserSigs of version 2 (10280 otherwise)."),
    Knob("early_entry_s", 3600, NUMBER, Source.CLIENT,
         "How many seconds before its start a class may be entered (10300 earlier); 0: at any time."),
    Knob("auto_end", True, SWITCH, Source.OURS,
         "A running class ends by itself once its planned end has passed and the room has stood empty."),
    Knob("auto_end_empty_s", 60, NUMBER, Source.OURS,
         "How long the room must have stood empty for that."),
    Knob("rejoin_devices", "as_left", ("as_left", "off"), Source.OURS,
         "Devices that a join does not name: as the person left them, or 0 (the table's default)."),
    Knob("on_mic_limit", True, SWITCH, Source.CLIENT,
         "max_member_limit counts students with an open microphone or camera (10228 beyond it)."),
    Knob("further_events", "store", ("store", "refuse"), Source.CLIENT,
         "Events that appendix 3.9 does not list are stored and answered 0, or refused with 10003."),
    Knob("heartbeat_s", 90, NUMBER, Source.OURS,
         "A class client silent for so long drops out of the room; 0: never."),
    Knob("session_life_s", 86_400, NUMBER, Source.OURS,
         "Life of a class client's session token (10216 afterwards)."),
    Knob("transcode_allowed", True, SWITCH, Source.DOC,
         "The enterprise is on the white list for H5 transcoding (10250 otherwise)."),
    Knob("transcode_pace", "timed", PACES, Source.OURS,
         "Transcoding steps come at once, by POST /control/advance, or one every transcode_step_s."),
    Knob("transcode_step_s", 2, NUMBER, Source.OURS, "Seconds between transcoding steps."),
    Knob("transcode_outcome", "finished", ("finished", "fails"), Source.OURS,
         "How transcodings end: well, or with an error_code other than 0."),
    Knob("transcode_failed_status", "finished", ("queued", "processing", "finished"), Source.OURS,
         "Which of the three documented statuses a failed transcoding carries."),
    Knob("recording_pace", "timed", PACES, Source.OURS,
         "online_record_stop comes at once, by POST /control/advance, or after recording_step_s."),
    Knob("recording_step_s", 3, NUMBER, Source.OURS, "Seconds from the end of a class to its recording."),
    Knob("recording_outcome", "ok", ("ok", "start_fails", "stop_fails"), Source.OURS,
         "Whether online_record_start or online_record_stop carries an error_code other than 0."),
    Knob("whiteboard_user", "empty", ("empty", "teacher"), Source.DOC,
         "`user_id` of the whiteboard track: empty as the table says, or set as in the example."),
    Knob("record_type_local_only", "none", ("none", "events"), Source.OURS,
         "Whether a class with local recording alone raises the online_record events."),
    Knob("join_quit_callbacks", False, SWITCH, Source.LATER,
         "join_class and quit_class are called back."),
    Knob("callback_repeats", 10, NUMBER, Source.DOC, "Repeats after the first try of a callback."),
    Knob("callback_retry_s", 60, NUMBER, Source.DOC,
         "Seconds between repeats; begins at ICLASS_CALLBACK_RETRY_S."),
    Knob("callback_resign", True, SWITCH, Source.OURS, "Repeats are signed anew."),
    Knob("callback_life_s", 120, NUMBER, Source.DOC, "Life of a callback's signature."),
    Knob("callback_timeout_s", 5, NUMBER, Source.OURS, "How long an answer to a callback is waited for."),
    Knob("sign_clock", "machine", ("machine", "moved"), Source.OURS,
         "Which clock judges and makes signatures: the machine's, or the one that tests move."),
)  # fmt: skip
BY_NAME = {knob.name: knob for knob in KNOBS}

_values: dict[str, Any] = {}


def value(name: str) -> Any:
    """Return the value of a knob."""
    return _values.get(name, BY_NAME[name].default)


def load_knobs() -> None:
    """Restore the values from before a restart; the environment sets the first retry interval."""
    _values.clear()
    if interval := os.environ.get("ICLASS_CALLBACK_RETRY_S"):
        _values["callback_retry_s"] = float(interval)
    for kept in Setting.objects.filter(name__startswith="knob:"):
        name = kept.name.removeprefix("knob:")
        if name in BY_NAME:
            _values[name] = kept.value


def set_knobs(positions: dict[str, Any]) -> None:
    """Set knobs; null resets one. Raise Refusal 10003 and set none if a value is not allowed."""
    for name, position in positions.items():
        if position is not None:
            _check(name, position)
        elif name not in BY_NAME:
            raise invalid(f"there is no knob {name}")
    with write_transaction():
        for name, position in positions.items():
            _save(name, position)


def _check(name: str, position: Any) -> None:
    knob = BY_NAME.get(name)
    if knob is None:
        raise invalid(f"there is no knob {name}")
    if knob.choices and not any(position is one or (position == one and type(position) is type(one))
                                for one in knob.choices):  # fmt: skip
        raise invalid(f"{name} must be one of {', '.join(map(str, knob.choices))}")
    if not knob.choices and (
        isinstance(position, bool) or not isinstance(position, int | float) or position < 0
    ):
        raise invalid(f"{name} must be a number from 0 up")


def _save(name: str, position: Any) -> None:
    if position is None:
        Setting.objects.filter(name=f"knob:{name}").delete()
        _values.pop(name, None)
    else:
        Setting.objects.update_or_create(name=f"knob:{name}", defaults={"value": position})
        _values[name] = position


def all_values() -> dict[str, Any]:
    """Return the values of all knobs."""
    return {knob.name: value(knob.name) for knob in KNOBS}
