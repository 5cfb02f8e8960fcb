"""Words and drawings of lessons. Load with `{% load lessons %}`."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from classes.attendance.samples import Device
from classes.attendance.sentence import SOURCES
from classes.models import Lesson, Mark
from classes.models.attendance import Grade
from classes.models.lesson import MADE_OUTSIDE, NOT_IN_SERIES
from classes.phases import Phase, phase_of
from classes.timeline import clock
from console.badges import sync_badge
from console.nav import zone_in_words
from console.outbox.kinds import label_of
from console.outbox.states import SYNC_OF_STATE, State
from console.outbox.words import Words, words_of
from console.qr import qr_picture
from console.templatetags.ui import when

register = template.Library()

SENT = {
    "class.create": _("Make the lesson"),
    "class.modify": _("Change the lesson"),
    "class.members": _("Change who is expected"),
    "class.delete": _("Delete the lesson"),
    "class.start": _("Start the lesson"),
    "class.stop": _("End the lesson"),
    "class.pull": _("Look at the lesson"),
}
SWITCHES = {True: _("on"), False: _("off"), None: _("unknown")}
SAMPLE_WORDS = {
    "camera": _("camera seen on in %(on)d of %(told)d checks"),
    "mic": _("microphone seen on in %(on)d of %(told)d checks"),
    "speaker": _("speaker seen on in %(on)d of %(told)d checks"),
    "silence": _("seen silenced in %(on)d of %(told)d checks"),
    "hand_up": _("hand seen up in %(on)d of %(told)d checks"),
}
SAMPLE_SILENT = {
    "camera": _("camera: unknown, iclass told nothing of it"),
    "mic": _("microphone: unknown, iclass told nothing of it"),
    "speaker": _("speaker: unknown, iclass told nothing of it"),
    "silence": _("silenced: unknown, iclass told nothing of it"),
    "hand_up": _("hand: unknown, iclass told nothing of it"),
}
ANSWERS = {True: _("yes"), False: _("no"), None: _("unknown")}


@register.filter
def conflict_reason(lesson: Lesson) -> str:
    """Why a conflict is allowed: somebody's own words, or that the lesson was made outside."""
    outside = lesson.conflict_reason == MADE_OUTSIDE
    return gettext("made outside") if outside else lesson.conflict_reason


@register.filter
def cancel_reason(lesson: Lesson) -> str:
    """Why it was cancelled: somebody's own words, or that its day is not in the series any more."""
    ours = lesson.cancel_reason == NOT_IN_SERIES
    return gettext(NOT_IN_SERIES) if ours else lesson.cancel_reason


@register.simple_tag
def head_count(lesson: Any, phase: Phase) -> SafeString:
    """How many students: here of expected while it runs, came of expected afterwards, else expected.

    In Python, as all that a list draws in each row. The lesson is one of `classes.queries.counted`.
    """
    if phase.name == "running":
        return _of_expected(lesson, lesson.here, gettext("in the room now, of those expected"))
    if phase.name == "over":
        return _of_expected(lesson, lesson.came, gettext("came, of those expected"))
    return format_html("{}", lesson.expected)


def _of_expected(lesson: Any, number: int, words: str) -> SafeString:
    return format_html('<span class="nowrap" title="{}">{}/{}</span>', words, number, lesson.expected)


@register.simple_tag
def choose_lesson(lesson: Lesson) -> SafeString:
    """The box that chooses a row of the list; to those who hear the page it says which."""
    words = gettext("Choose “%(topic)s”, %(when)s") % {"topic": lesson.topic, "when": when(lesson.starts_at)}
    return format_html(
        '<label class="tick-label"><input class="form-check-input" type="checkbox" form="many" name="chosen"'
        ' value="{}"><span class="visually-hidden">{}</span></label>',
        lesson.pk,
        words,
    )


@register.filter
def phase(lesson: Lesson) -> Phase:
    """Where the lesson stands now: `word`, `icon`, `tone`."""
    return phase_of(lesson)


@register.filter
def of_lesson(found: dict[int, Any], pk: int) -> Any:
    """What was found of this lesson; None where nothing was."""
    return found.get(pk)


@register.filter
def sent_what(kind: str) -> str | Promise:
    """What an operation asks of iclass, by its kind."""
    return SENT.get(kind) or label_of(kind)


@register.filter
def sent_tone(state: str) -> str:
    """The colour of an operation's state."""
    return "idle" if state == State.SUPERSEDED else sync_badge(SYNC_OF_STATE[state]).tone


@register.filter
def reason_words(reason: str) -> Words | None:
    """The sentence and the next step for a stored reason."""
    return words_of(reason) if reason else None


@register.filter
def qr(text: str) -> str:
    """The text as a QR code: the address of an image that travels within the page."""
    return qr_picture(text)


@register.filter
def role_word(role: str) -> str | Promise:
    """A role as people say it."""
    return dict(Role.choices).get(role, role)


@register.filter
def percent(share: Decimal | None) -> str:
    """A fraction of 1 in whole per cent, rounded down: 99.9 % is not everything."""
    return "" if share is None else f"{int(share * 100)} %"


@register.filter
def mark_word(mark: str) -> str:
    return str(dict(Mark.choices).get(mark, mark))


@register.filter
def grade_word(grade: str) -> str:
    """How good the evidence is."""
    return str(dict(Grade.choices).get(grade, grade))


@register.filter
def source_word(source: str) -> str:
    """Who says so: history, live list, message from iclass."""
    return str(SOURCES.get(source, source))


@register.filter
def switch_word(on: bool | None) -> str:
    """On, off, or unknown: what iclass does not tell is never off."""
    return str(SWITCHES[on])


@register.filter
def yes_word(on: bool | None) -> str:
    return str(ANSWERS[on])


@register.simple_tag
def zone_note(lesson: Lesson) -> str:
    """In which zone the times of a page are."""
    return gettext("Times are in %(zone)s.") % {"zone": zone_in_words(lesson.starts_at)}


@register.filter
def second_word(second: int) -> str:
    """A unix second by the clock of the active zone."""
    return clock(second)


@register.filter
def sample_words(device: Device, checks: int) -> str:
    """“camera seen on in 31 of 40 checks”; checks that told nothing of the device are named, never “off”."""
    if not device.told:
        return str(SAMPLE_SILENT[device.name])
    told = str(SAMPLE_WORDS[device.name]) % {"on": device.on, "told": device.told}
    silent = checks - device.told
    if not silent:
        return told
    more = ngettext("unknown in %(n)d more", "unknown in %(n)d more", silent) % {"n": silent}
    return f"{told} ({more})"
