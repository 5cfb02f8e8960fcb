"""Read-only fields of a lesson at iclass, and extended fields that iclass accepts but never returns."""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from classes.lessons.comparison import format_timestamp
from classes.lessons.extended_fields import extended_values, unsent_values
from classes.lessons.fields import FIELD_BY_NAME
from classes.models import Lesson

#: Appendix 3.3 of the document.
_DOCUMENTED_RESOLUTIONS = """
120x120 160x160 270x270 480x480 160x120 240x180 280x210 320x240 400x300 480x360
640x480 960x720 160x90 256x144 320x180 480x270 640x360 960x540 1280x720 1920x1080
"""
RESOLUTIONS = frozenset(_DOCUMENTED_RESOLUTIONS.split())


class RemoteField(NamedTuple):
    """A read-only field: our value, their value ('' if missing) and a note."""

    label: str | Promise
    ours: str
    theirs: str
    note: str | Promise = ""


class ExtendedField(NamedTuple):
    """An extended field: our value and its state (`sent`, `waiting` or `not_sent`)."""

    name: str
    label: str | Promise
    ours: str
    state: str


def remote_field_rows(lesson: Lesson, members: int) -> list[RemoteField]:
    """Return the read-only fields of `/class/info`; `members` is the expected number with the teacher."""
    if not lesson.observed:
        return []
    values = lesson.observed
    rows: list[RemoteField] = [
        RemoteField(_("lesson ID (class_id)"), lesson.remote_id, lesson.remote_id),
        RemoteField(
            _("created at iclass"),
            format_timestamp(int(lesson.created_at.timestamp())),
            _time(values.get("created")),
        ),
        RemoteField(_("actual start"), _moment(lesson.real_started_at), _time(values.get("real_started"))),
        RemoteField(_("actual end"), _moment(lesson.real_ended_at), _time(values.get("real_ended"))),
        RemoteField(_("number of members"), str(members), _text(values.get("member_count"))),
        RemoteField(_("chat group"), "", _text(values.get("chat_group"))),
        RemoteField(_("command group"), "", _text(values.get("command_group"))),
        RemoteField(
            _("resolution"), "", _text(values.get("resolution")), resolution_note(values.get("resolution"))
        ),
        RemoteField(_("frames per second"), "", _text(values.get("fps")), _("Read only.")),
        RemoteField(_("picture layout"), "", _text(values.get("layout")), _("Read only.")),
    ]
    return rows


def resolution_note(value: Any) -> str:
    """Say that the resolution cannot be set, and whether the document does not list the value."""
    note = _("iclass does not support setting this.")
    if value and value not in RESOLUTIONS:
        note += " " + _("Unknown value, shown as received.")
    return note


def extended_field_rows(lesson: Lesson) -> list[ExtendedField]:
    """Return the extended fields of the lesson and whether iclass has them."""
    desired, waiting = extended_values(lesson), unsent_values(lesson)
    supported = lesson.enterprise.later_fields
    return [
        ExtendedField(
            name,
            FIELD_BY_NAME[name].label,
            _extended_value(lesson, name, value),
            _send_state(supported, name in waiting),
        )
        for name, value in desired.items()
        if value or name in waiting
    ]


def _send_state(supported: bool, waiting: bool) -> str:
    if not supported:
        return "not_sent"
    return "waiting" if waiting else "sent"


def _extended_value(lesson: Lesson, name: str, value: Any) -> str:
    if not value:
        return _("none")
    if name == "password":
        return "••••"
    if name == "assistant":
        person = User.objects.filter(enterprise=lesson.enterprise_id, user_id=value).first()
        return person.nickname if person else str(value)
    return str(value)


def _text(value: Any) -> str:
    return "" if value in (None, "") else str(value)


def _time(second: int | None) -> str:
    return format_timestamp(second) if second else ""


def _moment(at: Any) -> str:
    return format_timestamp(int(at.timestamp())) if at else ""
