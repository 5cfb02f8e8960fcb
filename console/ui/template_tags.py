"""Template tags shared by all pages: icons, people, badges, times, durations, form widgets.

Load with `{% load ui %}`. Times are shown in the active time zone and language.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy

from console.ui.assets import icon_svg_body
from console.ui.badges import Badge, row_sync_badge, sync_badge
from console.ui.shares import percent_number

register = template.Library()

AGE_PATTERNS = {
    "s": pgettext_lazy("age", "{n} s ago"),
    "min": pgettext_lazy("age", "{n} min ago"),
    "h": pgettext_lazy("age", "{n} h ago"),
    "d": pgettext_lazy("age", "{n} d ago"),
}
_AGES = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
_NOT_HAN = re.compile(r"[^㐀-鿿]+")
#: Results kept of each function whose result follows from its arguments, the language among them.
_KEPT = 2000


@register.simple_tag
@lru_cache(_KEPT)
def icon(name: str, css: str = "", kind: str = "outline") -> SafeString:
    """Render the Tabler icon `name`, hidden from screen readers: it needs text or an aria-label beside it."""
    stroke = (
        'fill="none" stroke="currentColor" stroke-width="1.75"'
        if kind == "outline"
        else 'fill="currentColor"'
    )
    return mark_safe(  # noqa: S308 - the drawing comes from a package, the rest from our templates
        f'<svg class="icon {css}" viewBox="0 0 24 24" width="24" height="24" {stroke}'
        f' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{icon_svg_body(name, kind)}</svg>"
    )


@register.simple_tag
def jinja(template_name: str, **context: Any) -> SafeString:
    """Render a Jinja template, for rows of long tables (docs/decisions/0035-html-in-templates.md)."""
    rendered = render_to_string(template_name, context, using="jinja2")
    return mark_safe(rendered)  # noqa: S308 - Jinja escapes every value


@register.filter
def sync_state_badge(state: str) -> Badge:
    """Return the `console.ui.badges.Badge` of a sync state."""
    return sync_badge(state)


@register.filter
def row_badge(row: Any) -> Badge:
    """Return the `console.ui.badges.Badge` of a mirrored row."""
    return row_sync_badge(row)


@register.simple_tag
def state_tag(badge: Any) -> SafeString:
    """Render a state as icon and label: a `Badge`, or any object with `word`, `icon` and `tone`.

    In Python, because lists render it for every row: a template takes more than twice as long.
    """
    return _state_html(badge.tone, badge.icon, str(badge.word), str(getattr(badge, "next_step", "")))


@lru_cache(_KEPT)
def _state_html(tone: str, icon_name: str, word: str, hint: str) -> SafeString:
    title = format_html(' title="{}"', hint) if hint else ""
    return format_html('<span class="tag tag-{}"{}>{}{}</span>', tone, title, icon(icon_name), word)


@register.simple_tag(name="sync_badge")
def sync_badge_tag(row: Any, *, reason: bool = True) -> SafeString:
    """Render the sync state of a mirrored row as icon and label; below it the reason of a problem."""
    badge = row_sync_badge(row)
    words = row.sync_reason_text if reason and badge.trouble else None
    why = words.what if words else ""
    below = format_html('<span class="sync-reason">{}</span>', why) if why else ""
    return format_html('<span class="sync">{}{}</span>', state_tag(badge), below)


@register.simple_tag
def person(person: Any, *, link: str = "") -> SafeString:
    """Render a person: avatar, name and user ID, which tells namesakes apart. `link="no"` renders no link."""
    name = person.nickname or person.user_id
    words = format_html("<span>{}</span>", name)
    if link != "no":
        words = format_html('<a href="{}">{}</a>', reverse("classes:person", args=[person.pk]), name)
    return format_html(
        '<span class="person"><span class="face face-{}" aria-hidden="true">{}</span>'
        '<span class="person-words">{}<small>{}</small></span></span>',
        hue(person.pk),
        initials(name),
        words,
        person.user_id,
    )


NO_MOMENT = mark_safe('<span class="text-secondary">—</span>')
#: Formats without translation. A list shows hundreds of times, and strftime is faster than `date_format`.
LOCALE_INDEPENDENT_FORMATS = {"time": "%H:%M", "seconds": "%H:%M:%S", "exact": "%Y-%m-%d %H:%M:%S"}


@register.filter
def when(at: datetime, show: str = "both") -> str:
    """Format a datetime. `show`: both · day · time · seconds (with the time) · exact (date and seconds)."""
    return _format_local(timezone.localtime(at), show)


def _format_local(local: datetime, show: str) -> str:
    if show in LOCALE_INDEPENDENT_FORMATS:
        return local.strftime(LOCALE_INDEPENDENT_FORMATS[show])
    if show != "both":
        return _format_day(local.date(), get_language(), with_year=True)
    return f"{_format_day(local.date(), get_language(), with_year=False)}{local:%H:%M}"


@lru_cache(_KEPT)
def _format_day(day: date, _language: str | None, *, with_year: bool) -> str:
    """Format a day in the active language; without its year it is followed by a time in every language."""
    if with_year:
        return date_format(day, pgettext("day", "D j M Y"))
    return date_format(day, pgettext("day and time", "D j M, H:i").removesuffix("H:i"))


@register.simple_tag
def moment(at: datetime | None, show: str = "both") -> SafeString:
    """Render a moment as `when` formats it, its zone and second in the title; a dash without one."""
    if not at:  # also the empty text of an unknown variable
        return NO_MOMENT
    local = timezone.localtime(at)
    return format_html(
        '<time class="time" datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        _format_with_zone(local),
        _format_local(local, show),
    )


@register.filter
def zoned(at: datetime) -> str:
    """Format a datetime with seconds and its zone: "2026-11-24 08:03:10, Beijing time (UTC+8)"."""
    return _format_with_zone(timezone.localtime(at))


def _format_with_zone(local: datetime) -> str:
    zone = _zone_label(timezone.get_current_timezone_name(), _offset_minutes(local), get_language())
    return gettext("%(time)s, %(zone)s") % {"time": _format_local(local, "exact"), "zone": zone}


@register.simple_tag
def time_span(begins: datetime, ends: datetime, *, seconds: bool = False) -> SafeString:
    """Render an interval with the zone in its title; with `seconds`, without the day but with seconds."""
    first, last = ("seconds", "seconds") if seconds else ("both", "time")
    local_begins, local_ends = timezone.localtime(begins), timezone.localtime(ends)
    return format_html(
        '<span class="time" title="{} – {}">{}–{}</span>',
        _format_with_zone(local_begins),
        _format_with_zone(local_ends),
        _format_local(local_begins, first),
        _format_local(local_ends, last),
    )


@register.simple_tag
def ago(at: datetime | None, stale_after: int | None = None) -> SafeString:
    """Render the age of a value, "8 s ago"; static/js/ago.js keeps it current.

    If older than `stale_after` seconds it is marked as out of date, in text and colour. None renders as
    "not yet".
    """
    if at is None:
        return format_html('<span class="ago">{}</span>', gettext("none yet"))
    seconds = seconds_since(at)
    stale = stale_after is not None and seconds > stale_after
    return format_html(
        '<span class="ago{}" data-ago="{}" data-stale-after="{}">'
        '<time datetime="{}" title="{}">{}</time><span class="ago-stale"> · {}</span></span>',
        " is-stale" if stale else "",
        seconds,
        "" if stale_after is None else stale_after,
        at.isoformat(),
        zoned(at),
        age(seconds),
        gettext("outdated"),
    )


def seconds_since(at: datetime) -> int:
    """Return the age of a moment in whole seconds, 0 if a clock runs ahead."""
    return max(0, int((timezone.now() - at).total_seconds()))


@register.filter
def age(seconds: int) -> str:
    """Format an age in its largest unit: "8 s ago", "3 min ago", "2 h ago", "5 d ago"."""
    unit, size = next((pair for pair in _AGES if seconds >= pair[1]), _AGES[-1])
    return age_pattern(unit).replace("{n}", str(seconds // size))


@register.simple_tag
def age_pattern(unit: str) -> str:
    """Return the translated pattern of an age in s, min, h or d; "{n}" is the number."""
    return str(AGE_PATTERNS[unit])


@register.filter
def duration(seconds: float | None) -> str:
    """Format a duration with seconds, never wrapped at a day: "41 min 5 s", "1 h 0 min 5 s", "12 h"."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(gettext("%(n)d h") % {"n": hours})
    if minutes or (hours and rest):
        parts.append(gettext("%(n)d min") % {"n": minutes})
    if rest or not parts:
        parts.append(gettext("%(n)d s") % {"n": rest})
    return " ".join(parts)


@register.simple_tag
def undo_seconds() -> str:
    """Return for how many seconds an act can be taken back (`console.undo`)."""
    return f"{settings.UNDO_S:g}"


@register.filter
def initials(name: str) -> str:
    """Return the text of a person's avatar: the end of a Chinese name, else the initials."""
    name = str(name).strip()
    if han := _NOT_HAN.sub("", name):
        return han[-2:]
    return "".join(word[0] for word in name.split()[:2]).upper()


@register.filter
def hue(key: Any) -> int:
    """Return one of six colours, stable for each person."""
    return sum(str(key).encode()) % 6 + 1


@register.filter
def as_group(field: BoundField) -> bool:
    """Return whether a field consists of several controls under one legend."""
    return isinstance(field.field.widget, (RadioSelect, CheckboxSelectMultiple))


@register.filter
def as_switch(field: BoundField) -> bool:
    """Return whether a field is a single checkbox, whose label follows it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Render the control of a form field with our CSS class, and Django's attributes for help and errors."""
    if as_group(field):
        return _choice_group(field)
    control = field.field.widget
    css_class = (
        "form-check-input"
        if as_switch(field)
        else "form-select"
        if isinstance(control, Select)
        else "form-control"
    )
    return field.as_widget(attrs={"class": f"{control.attrs.get('class', '')} {css_class}".strip()})


def _choice_group(field: BoundField) -> SafeString:
    """Render the choices of a group with our CSS class, which Django would set on the group instead."""
    for choice in field.subwidgets:
        choice.data["attrs"]["class"] = "form-check-input"
    return format_html_join(
        "",
        '<label class="form-check">{}<span class="form-check-label">{}</span></label>',
        ((choice.tag(wrap_label=False), choice.choice_label) for choice in field.subwidgets),
    )


@register.filter
def percent(share: Decimal | None) -> str:
    """Format a fraction of 1 as per cent, rounded down to tenths: "96.6 %", "100 %"."""
    return "" if share is None else f"{percent_number(share)} %"


def format_time_zone(at: datetime | None = None) -> str:
    """Return the active time zone with its offset: "Beijing time (UTC+8)" or "Asia/Tokyo (UTC+9)"."""
    local = timezone.localtime(at)
    return _zone_label(timezone.get_current_timezone_name(), _offset_minutes(local), get_language())


def _offset_minutes(local: datetime) -> int:
    return int((local.utcoffset() or timedelta()).total_seconds() // 60)


@lru_cache(_KEPT)
def _zone_label(name: str, minutes: int, _language: str | None) -> str:
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
    return f"{zone_name(name)} ({offset})"


@register.filter
def zone_name(name: str) -> str:
    """Return a time zone as people call it, where they do not by its name in the IANA database."""
    return gettext("Beijing time") if name == "Asia/Shanghai" else name
