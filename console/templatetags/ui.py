"""Small helpers of every page: icons, people, badges, times, durations, form widgets.

Load with `{% load ui %}`. Times are shown in the active zone, in the words of the active language.
"""

import re
from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from console.assets import icon_shape
from console.badges import Badge, sync_badge
from console.nav import zone_in_words

register = template.Library()

_AGES = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
_HAN = re.compile(r"[㐀-鿿]")


@register.simple_tag
def icon(name: str, css: str = "", kind: str = "outline") -> SafeString:
    """The Tabler icon `name`, hidden from screen readers: a word stands beside it or an aria-label around."""
    paint = (
        'fill="none" stroke="currentColor" stroke-width="1.75"'
        if kind == "outline"
        else 'fill="currentColor"'
    )
    return mark_safe(  # noqa: S308 - the drawing comes from a package, the rest from our templates
        f'<svg class="icon {css}" viewBox="0 0 24 24" width="24" height="24" {paint}'
        f' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{icon_shape(name, kind)}</svg>"
    )


@register.filter
def badge_of(state: str) -> Badge:
    """The `console.badges.Badge` of a sync state."""
    return sync_badge(state)


@register.simple_tag
def state_tag(badge: Any) -> SafeString:
    """A state as icon and word: a `Badge`, or whatever else has `word`, `icon` and `tone`.

    In Python, as all that lists have once a row or more: a template takes more than twice as long.
    """
    hint = getattr(badge, "next_step", "")
    title = format_html(' title="{}"', hint) if hint else ""
    drawn = icon(badge.icon)
    return format_html('<span class="tag tag-{}"{}>{}{}</span>', badge.tone, title, drawn, badge.word)


@register.simple_tag(name="sync_badge")
def badge_of_row(row: Any, *, reason: bool = True) -> SafeString:
    """The state of a mirrored row at iclass, as icon and word; in trouble its reason stands below."""
    badge = sync_badge(row.sync_state)
    words = row.sync_words if reason and badge.trouble else None
    why = words.what if words else ""
    below = format_html('<span class="sync-reason">{}</span>', why) if why else ""
    return format_html('<span class="sync">{}{}</span>', state_tag(badge), below)


@register.simple_tag
def person(person: Any, *, link: str = "") -> SafeString:
    """A person: sign, name, and what tells two of one name apart; with `link` "no" the name leads nowhere."""
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


#: Patterns that no language changes. A list shows hundreds of moments, so Django's own way is left to words.
SAME_EVERYWHERE = {"time": "%H:%M", "seconds": "%H:%M:%S", "exact": "%Y-%m-%d %H:%M:%S"}


@register.filter
def when(at: datetime, show: str = "both") -> str:
    """A moment for reading. `show`: both · day · time · seconds (time to the second) · exact (all of it)."""
    local = timezone.localtime(at)
    if show in SAME_EVERYWHERE:
        return local.strftime(SAME_EVERYWHERE[show])
    both = show == "both"
    return date_format(local, pgettext("day and time", "D j M, H:i") if both else pgettext("day", "D j M Y"))


@register.filter
def zoned(at: datetime) -> str:
    """A moment to the second with its zone: "2026-11-24 08:03:10, Beijing time (UTC+8)"."""
    return gettext("%(time)s, %(zone)s") % {"time": when(at, "exact"), "zone": zone_in_words(at)}


@register.simple_tag
def time_span(begins: datetime, ends: datetime, *, seconds: bool = False) -> SafeString:
    """From when to when, with the zone in its title; with `seconds` without the day and to the second."""
    first, last = ("seconds", "seconds") if seconds else ("both", "time")
    return format_html(
        '<span class="time" title="{} – {}">{}–{}</span>',
        zoned(begins),
        zoned(ends),
        when(begins, first),
        when(ends, last),
    )


@register.simple_tag
def ago(at: datetime | None, stale_after: int | None = None) -> SafeString:
    """How old something is, "8 s ago", counted on by static/js/ago.js.

    Older than `stale_after` seconds it is marked as out of date, in words and in colour. Nothing yet
    is said as such.
    """
    if at is None:
        return format_html('<span class="ago">{}</span>', gettext("not yet"))
    seconds = max(0, int((timezone.now() - at).total_seconds()))
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
        gettext("out of date"),
    )


@register.filter
def age(seconds: int) -> str:
    """An age in its largest unit: "8 s ago", "3 min ago", "2 h ago", "5 d ago"."""
    unit, size = next((pair for pair in _AGES if seconds >= pair[1]), _AGES[-1])
    return age_pattern(unit).replace("{n}", str(seconds // size))


@register.simple_tag
def age_pattern(unit: str) -> str:
    """The words around an age in s, min, h or d; "{n}" stands for the number."""
    return {
        "s": pgettext("age", "{n} s ago"),
        "min": pgettext("age", "{n} min ago"),
        "h": pgettext("age", "{n} h ago"),
        "d": pgettext("age", "{n} d ago"),
    }[unit]


@register.filter
def duration(seconds: float | None) -> str:
    """A length of time to the second, never wrapped at a day: "41 min 5 s", "1 h 0 min 5 s", "12 h"."""
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


@register.filter
def initials(name: str) -> str:
    """What the round sign of a person says: the end of a Chinese name, else the first letters."""
    name = str(name).strip()
    if _HAN.search(name):
        return "".join(_HAN.findall(name))[-2:]
    return "".join(word[0] for word in name.split()[:2]).upper()


@register.filter
def hue(key: Any) -> int:
    """One of six colours, always the same for the same person."""
    return sum(str(key).encode()) % 6 + 1


@register.filter
def as_group(field: BoundField) -> bool:
    """Whether a field is several controls under one legend."""
    return isinstance(field.field.widget, (RadioSelect, CheckboxSelectMultiple))


@register.filter
def as_switch(field: BoundField) -> bool:
    """Whether a field is one box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The control of a form field in our dress, with what Django says of its help and its error."""
    if as_group(field):
        return _choices(field)
    control = field.field.widget
    dress = (
        "form-check-input"
        if as_switch(field)
        else "form-select"
        if isinstance(control, Select)
        else "form-control"
    )
    return field.as_widget(attrs={"class": f"{control.attrs.get('class', '')} {dress}".strip()})


def _choices(field: BoundField) -> SafeString:
    """The choices of a group, each a box with its words; Django would dress the frame instead."""
    for choice in field.subwidgets:
        choice.data["attrs"]["class"] = "form-check-input"
    return format_html_join(
        "",
        '<label class="form-check">{}<span class="form-check-label">{}</span></label>',
        ((choice.tag(wrap_label=False), choice.choice_label) for choice in field.subwidgets),
    )
