"""The rows of a register. Load with `{% load register %}`.

Written here and not as a template: a lesson of five hundred is to be drawn in well under 0.3 s.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from classes.templatetags.lessons import percent, role_word
from classes.timeline import Piece, Tick
from console.templatetags.ui import duration, hue, icon, initials

register = template.Library()
DASH = '<span class="text-secondary">—</span>'


class Words:
    """What is the same in every row: words in the reader's language, addresses, the ticks of the lines."""

    def __init__(self, running: bool, ticks: Iterable[Tick], links: bool) -> None:
        self.running, self.links = running, links
        self.ticks = "".join(
            f'<line class="tick-{one.kind}" x1="{one.x}" x2="{one.x}" y1="0" y2="24"'
            ' vector-effect="non-scaling-stroke"/>'
            for one in ticks
        )
        self.person = reverse("classes:person", args=[0]).removesuffix("0/")
        self.row = reverse("classes:attendance_row", args=[0]).removesuffix("0/")
        self.still, self.details, self.by_hand = _("still in"), _("Details"), _("by hand")
        labels = (_("Mark"), _("First in"), _("Last out"), _("Present"), _("Share"), _("In the room"))
        self.mark, self.first, self.last, self.present, self.share, self.line = map(escape, labels)
        labels = (_("User id"), _("Of the planned time"), _("Evidence"), _("Why"))
        self.id, self.planned, self.evidence, self.why = map(escape, labels)
        self.zone = timezone.get_current_timezone()
        self.icons: dict[str, str] = {}
        self.hand = f' <span class="by-hand">{icon("pencil")}{escape(self.by_hand)}</span>'

    def icon(self, name: str) -> str:
        if name not in self.icons:
            self.icons[name] = icon(name)
        return self.icons[name]

    def time(self, at: datetime | None) -> str:
        if at is None:
            return DASH
        local = at.astimezone(self.zone)
        shown = f"{local.hour:02}:{local.minute:02}:{local.second:02}"
        return f'<time class="time" datetime="{local.isoformat()}">{shown}</time>'


@register.simple_tag(takes_context=True)
def register_rows(context: RequestContext, rows: Iterable[Any]) -> SafeString:
    """Every row as a table body of its own, which opens. Context: phase, ticks, person_link."""
    running = context["phase"].name == "running"
    words = Words(running, context["ticks"], context["person_link"] != "no")
    return mark_safe("".join(_row(one, words) for one in rows))  # noqa: S308 - escaped where it is made


def _row(row: Any, words: Words) -> str:
    one = row.entry
    last = words.still if one.first_entered_at and not one.last_left_at and words.running else ""
    cells = (
        f'<th scope="row">{_person(one, words)}</th>',
        f'<td data-label="{words.mark}" class="register-mark">{_mark(row, words)}</td>',
        f'<td data-label="{words.first}">{words.time(one.first_entered_at)}</td>',
        f'<td data-label="{words.last}">{escape(last) or words.time(one.last_left_at)}</td>',
        f'<td data-label="{words.present}" class="number">{escape(duration(one.present_seconds))}</td>',
        f'<td data-label="{words.share}" class="number">{percent(one.share) or "—"}</td>',
        f'<td data-label="{words.line}" class="register-line">{_line(row.pieces, row.spoken, words)}</td>',
    )
    return f"<tbody><tr>{''.join(cells)}</tr>{_why(one, words)}</tbody>"


@register.simple_tag(takes_context=True)
def register_lines(context: RequestContext, rows: Iterable[Any]) -> SafeString:
    """The same people as lines of a plain table, every fact a cell. Context: phase, person_link."""
    words = Words(context["phase"].name == "running", (), context["person_link"] != "no")
    return mark_safe("".join(_line_of(one, words) for one in rows))  # noqa: S308 - escaped where it is made


def _line_of(row: Any, words: Words) -> str:
    one = row.entry
    last = words.still if one.first_entered_at and not one.last_left_at and words.running else ""
    cells = (
        (words.id, f"<small>{escape(one.user_id)}</small>"),
        (words.mark, _mark(row, words)),
        (words.first, words.time(one.first_entered_at)),
        (words.last, escape(last) or words.time(one.last_left_at)),
        (words.present, escape(duration(one.present_seconds))),
        (words.share, percent(one.share) or "—"),
        (words.planned, percent(row.planned) or "—"),
        (words.evidence, escape(one.evidence_word)),
        (words.line, escape(row.spoken)),
        (words.why, escape(one.sentence)),
    )
    sentences = {words.line, words.why}
    drawn = "".join(
        f'<td data-label="{label}"{WORDS if label in sentences else ""}>{cell}</td>' for label, cell in cells
    )
    name = escape(one.nickname or one.user_id)
    told = f'<a href="{words.row}{one.pk}/">{name}</a>' if one.pk else name
    return f'<tr><th scope="row">{told}</th>{drawn}</tr>'


def _person(one: Any, words: Words) -> str:
    name, pk = escape(one.nickname or one.user_id), one.person.pk if one.person else 0
    told = f'<a href="{words.person}{pk}/">{name}</a>' if pk and words.links else f"<span>{name}</span>"
    return (
        f'<span class="person"><span class="face face-{hue(pk) if pk else 1}" aria-hidden="true">'
        f'{escape(initials(name))}</span><span class="person-words">{told}'
        f"<small>{escape(one.user_id)}</small></span></span>"
    )


def _mark(row: Any, words: Words) -> str:
    one = row.entry
    if not one.mark:
        return f'<span class="text-secondary">{escape(role_word(one.role))}</span>'
    tag = f'<span class="tag tag-{row.sign.tone}">{words.icon(row.sign.icon)}{escape(one.mark_word)}</span>'
    return tag + (words.hand if "hand" in one.facts else "")


def _line(pieces: Iterable[Piece], spoken: str, words: Words) -> str:
    drawn = "".join(
        f'<rect class="line-{one.kind}" x="{one.x}" y="4" width="{one.width}" height="16"'
        f"{HATCHED if one.kind == 'unknown' else ''}/>"
        for one in pieces
    )
    return (
        f'<svg class="line" viewBox="0 0 1000 24" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(spoken)}"><rect class="line-ground" x="0" y="9" width="1000" height="6"/>'
        f"{drawn}{words.ticks}</svg>"
    )


WORDS = ' class="words"'
HATCHED = ' fill="url(#hatch)"'


def _why(one: Any, words: Words) -> str:
    """The sentence, and what opens the drawer; a row that is not stored yet has none."""
    if not one.sentence and not one.pk:
        return ""
    more = ""
    if one.pk:
        more = (
            f' <a class="register-more" href="{words.row}{one.pk}/" hx-get="{words.row}{one.pk}/"'
            f' hx-target="#drawer-{one.pk}" hx-swap="innerHTML" aria-expanded="false"'
            f' aria-controls="drawer-{one.pk}" data-drawer>{escape(words.details)}</a>'
        )
    drawer = f'<tr class="register-drawer" hidden><td colspan="7" id="drawer-{one.pk}"></td></tr>'
    why = f'<tr class="register-why"><td colspan="7">{escape(one.sentence)}{more}</td></tr>'
    return why + (drawer if one.pk else "")
