"""What iclass tells of a lesson besides what a school sets, and what it takes and never tells."""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from classes.compare import clock
from classes.mirror.later import unsent, wanted_later
from classes.models import Lesson

#: Appendix 3.3 of the document.
_LISTED = """
120x120 160x160 270x270 480x480 160x120 240x180 280x210 320x240 400x300 480x360
640x480 960x720 160x90 256x144 320x180 480x270 640x360 960x540 1280x720 1920x1080
"""
RESOLUTIONS = frozenset(_LISTED.split())


class Line(NamedTuple):
    """A field that is only told: ours beside theirs, '' where a side has none, and what to know of it."""

    label: str | Promise
    ours: str
    theirs: str
    note: str | Promise = ""


class Kept(NamedTuple):
    """A field of the later revision: ours, and whether iclass has it (`sent`, `waiting` or `not_sent`)."""

    name: str
    label: str | Promise
    ours: str
    state: str


def told_lines(lesson: Lesson, members: int) -> list[Line]:
    """What `/class/info` tells and nobody here sets; `members` is how many we expect with the teacher."""
    if not lesson.observed:
        return []
    seen = lesson.observed
    rows: list[Line] = [
        Line(_("number of the lesson (class_id)"), lesson.remote_id, lesson.remote_id),
        Line(_("made at iclass"), clock(int(lesson.created_at.timestamp())), _time(seen.get("created"))),
        Line(_("really began"), _moment(lesson.real_started_at), _time(seen.get("real_started"))),
        Line(_("really ended"), _moment(lesson.real_ended_at), _time(seen.get("real_ended"))),
        Line(_("number of members"), str(members), _text(seen.get("member_count"))),
        Line(_("chat group"), "", _text(seen.get("chat_group"))),
        Line(_("command group"), "", _text(seen.get("command_group"))),
        Line(_("resolution"), "", _text(seen.get("resolution")), resolution_note(seen.get("resolution"))),
        Line(_("frames a second"), "", _text(seen.get("fps")), _("Read only.")),
        Line(_("layout of the picture"), "", _text(seen.get("layout")), _("Read only.")),
    ]
    return rows


def resolution_note(value: Any) -> str:
    """That it cannot be set; and of one that the document does not list, that it stands as it came."""
    note = _("The document says: it cannot be set through the API.")
    if value and value not in RESOLUTIONS:
        note += " " + _("This value is not among the 20 of the document; it stands as it came.")
    return note


def kept_lines(lesson: Lesson) -> list[Kept]:
    """The fields of the later revision that this lesson has, and whether iclass has them, too."""
    wanted, waiting = wanted_later(lesson), unsent(lesson)
    knows = lesson.enterprise.later_fields
    labels = {
        "assistant": gettext_lazy("assistant, named in the lesson"),
        "password": gettext_lazy("password of the lesson"),
        "capacity": gettext_lazy("most people in the room"),
    }
    return [
        Kept(name, labels[name], _kept(lesson, name, value), _state(knows, name in waiting))
        for name, value in wanted.items()
        if value or name in waiting
    ]


def _state(knows: bool, waits: bool) -> str:
    if not knows:
        return "not_sent"
    return "waiting" if waits else "sent"


def _kept(lesson: Lesson, name: str, value: Any) -> str:
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
    return clock(second) if second else ""


def _moment(at: Any) -> str:
    return clock(int(at.timestamp())) if at else ""
