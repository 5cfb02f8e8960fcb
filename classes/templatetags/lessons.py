"""Template filters and tags of lessons. Load with `{% load lessons %}`."""

from collections.abc import Mapping

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from classes.attendance.engagement import DeviceCount
from classes.attendance.explanation import SOURCE_LABELS
from classes.attendance.reports import forms as report_forms
from classes.attendance.reports.schedules.reports import MAILED
from classes.attendance.timeline import format_clock
from classes.conflicts.grouping import group_conflicts
from classes.lessons.status import Phase, phase_of
from classes.models import Lesson, Mark
from classes.models.attendance import Grade
from classes.models.lesson import MADE_OUTSIDE, NOT_IN_SERIES
from console.outbox.kinds import kind_label
from console.outbox.reasons import ReasonText, reason_text
from console.outbox.states import SYNC_OF_STATE, OperationState
from console.policy import may
from console.ui.assets import qr_picture
from console.ui.badges import Badge, sync_badge
from console.ui.template_tags import format_time_zone

register = template.Library()

chosen_filters = register.filter(report_forms.chosen_filters)

OPERATION_LABELS = {
    "class.create": _("Create lesson"),
    "class.modify": _("Update the lesson"),
    "class.members": _("Update the members"),
    "class.delete": _("Delete the lesson"),
    "class.start": _("Start the lesson"),
    "class.stop": _("End the lesson"),
    "class.pull": _("Get the lesson"),
}
SWITCH_LABELS = {True: _("on"), False: _("off"), None: _("unknown")}
SAMPLE_TEXTS = {
    "camera": _("camera on in %(on)d of %(told)d checks"),
    "mic": _("microphone on in %(on)d of %(told)d checks"),
    "speaker": _("speaker on in %(on)d of %(told)d checks"),
    "silence": _("silenced in %(on)d of %(told)d checks"),
    "hand_up": _("hand raised in %(on)d of %(told)d checks"),
}
SAMPLE_UNKNOWN = {
    "camera": _("camera: unknown, no data from iclass"),
    "mic": _("microphone: unknown, no data from iclass"),
    "speaker": _("speaker: unknown, no data from iclass"),
    "silence": _("silenced: unknown, no data from iclass"),
    "hand_up": _("hand: unknown, no data from iclass"),
}
YES_NO_LABELS = {True: _("yes"), False: _("no"), None: _("unknown")}


register.filter("conflict_groups", group_conflicts)


@register.filter
def badge_of(badges: Mapping[str, Badge], key: str) -> Badge:
    """Return the badge under a key that is a variable; KeyError if there is none."""
    return badges[key]


@register.filter
def text_of(texts: Mapping[int, str], key: int) -> str:
    """Return the text under a key that is a variable; empty if there is none."""
    return texts.get(key, "")


@register.filter
def conflict_reason(lesson: Lesson) -> str:
    """Why a conflict is allowed: the given reason, or that the lesson was made outside."""
    made_outside = lesson.conflict_reason == MADE_OUTSIDE
    return gettext("created outside the console") if made_outside else lesson.conflict_reason


@register.filter
def cancel_reason(lesson: Lesson) -> str:
    """Why the lesson was cancelled: the given reason, or that its day left the series."""
    ours = lesson.cancel_reason == NOT_IN_SERIES
    return gettext(NOT_IN_SERIES) if ours else lesson.cancel_reason


@register.filter
def phase(lesson: Lesson) -> Phase:
    """The phase of the lesson: `word`, `icon`, `tone`."""
    return phase_of(lesson)


@register.filter
def operation_label(kind: str) -> str | Promise:
    """The label of an operation kind."""
    return OPERATION_LABELS.get(kind) or kind_label(kind)


@register.filter
def operation_tone(state: str) -> str:
    """The tone of an operation's state."""
    return "idle" if state == OperationState.SUPERSEDED else sync_badge(SYNC_OF_STATE[state]).tone


@register.filter
def reason_words(reason: str) -> ReasonText | None:
    """The text and the next step for a stored reason."""
    return reason_text(reason) if reason else None


@register.filter
def qr(text: str) -> str:
    """The text as a QR code: a data URL of an image."""
    return qr_picture(text)


@register.filter
def role_label(role: str) -> str | Promise:
    """The label of a role."""
    return dict(Role.choices).get(role, role)


@register.filter
def mark_label(mark: str) -> str:
    return str(dict(Mark.choices).get(mark, mark))


@register.filter
def grade_label(grade: str) -> str:
    """The label of an evidence grade."""
    return str(dict(Grade.choices).get(grade, grade))


@register.filter
def source_label(source: str) -> str:
    """The label of an evidence source: history, live list, message from iclass."""
    return str(SOURCE_LABELS.get(source, source))


@register.filter
def switch_label(on: bool | None) -> str:
    """On, off, or unknown: a value that iclass does not report is never shown as off."""
    return str(SWITCH_LABELS[on])


@register.filter
def yes_no_label(on: bool | None) -> str:
    return str(YES_NO_LABELS[on])


@register.simple_tag
def zone_note(lesson: Lesson) -> str:
    """A note that names the time zone of a page."""
    return gettext("Times are in %(zone)s.") % {"zone": format_time_zone(lesson.starts_at)}


@register.simple_tag(takes_context=True)
def report_mail_url(context: RequestContext) -> str:
    """Return where the reader sets up a report by e-mail; empty for those who may not, and without a report.

    A report proposes itself with its filters, that of a `person` the one of their group.
    """
    report, person = str(context.get("mail_report", "")), context.get("person")
    if not (report or person) or not may(context["request"].user, "add", "report_schedule"):
        return ""
    if person:
        groups = person.student_groups.filter(archived_at=None).values_list("pk", flat=True)
        chosen = {"group": group} if (group := groups.first()) else {}
    else:
        filters = context["filter_form"].data
        chosen = {name: value for name, value in filters.items() if name in MAILED[report].asks and value}
        if report not in ("school", "group"):
            chosen = {"report": report, **chosen}
    query = urlencode(chosen)
    return f"{reverse('classes:report_schedules')}{'?' if query else ''}{query}"


@register.filter
def clock_time(second: int) -> str:
    """A unix second as a time in the active zone."""
    return format_clock(second)


@register.filter
def sample_text(device: DeviceCount, checks: int) -> str:
    """“camera seen on in 31 of 40 checks”; checks without a value count as unknown, never as “off”."""
    if not device.told:
        return str(SAMPLE_UNKNOWN[device.name])
    text = str(SAMPLE_TEXTS[device.name]) % {"on": device.on, "told": device.told}
    missing = checks - device.told
    if not missing:
        return text
    more = ngettext("unknown in %(n)d more", "unknown in %(n)d more", missing) % {"n": missing}
    return f"{text} ({more})"
