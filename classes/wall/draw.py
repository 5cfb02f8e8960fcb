"""Tiles and rows of the wall as HTML, made by hand: a template takes two milliseconds a lesson.

Words, icons and the zone are looked up once a page; every word of a person goes through `escape`.
"""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classes.recordings.states import State
from classes.wall.now import LessonNow
from classes.wall.tiles import Tile
from classes.wall.troubles import SORTS, Trouble
from console.nav import zone_in_words
from console.templatetags.ui import age, icon

#: States of a recording that a running lesson shows, with their icons; of others nothing is said.
ICONS = {
    "started": "player-record",
    "ready": "player-stop",
    "failed": "video-off",
    "missing": "video-off",
    "asked": "hourglass",
}


class Pen:
    """Draws for one reader: in the language and the zone that are active when it is made."""

    def __init__(self, stale_after: int) -> None:
        self.stale_after = stale_after
        self.now = timezone.now()
        self.zone: tzinfo = timezone.get_current_timezone()
        self.zone_words = escape(zone_in_words(self.now))
        self.address = reverse("classes:lesson", args=[0]).replace("0", "%d")
        self.missing, self.icon_missing = escape(_("Missing")), icon("user-x")
        self.in_since, self.stale = escape(_("in since %(at)s")), escape(_("out of date"))
        self.never = escape(_("not yet"))
        self.tags = {
            kind: f'<span class="tag tag-{sort.tone}">{icon(sort.icon)}{escape(sort.words)}'
            for kind, sort in SORTS.items()
        }

    def tiles(self, tiles: Iterable[Tile]) -> SafeString:
        """The items of the list."""
        return mark_safe("".join(map(self._tile, tiles)))  # noqa: S308 - escaped below, piece by piece

    def rows(self, tiles: Iterable[Tile]) -> SafeString:
        """The rows of the table, which say the same."""
        return mark_safe("".join(map(self._row, tiles)))  # noqa: S308 - escaped below, piece by piece

    def _tile(self, tile: Tile) -> str:
        lesson = tile.lesson
        css = f"tile{' is-urgent' if tile.urgent else ''}{'' if lesson.runs else ' is-waiting'}"
        times = f"{self._clock(lesson.starts_at)}–{self._clock(lesson.ends_at)}"
        names = self._names(tile)
        missing = f'<span class="visually-hidden">{self.missing}: </span>{self.icon_missing}{names}'
        parts = (
            ("head", f'{self._link(lesson)}<span class="tile-time">{times}</span>'),
            ("teacher", self._teacher(lesson)),
            ("count", self._count(lesson)),
            ("missing", missing if names else ""),
            ("troubles", "".join(map(self._tag, tile.troubles))),
            ("foot", f"{self._track(lesson)}{self._age(lesson)}"),
        )
        drawn = "".join(f'<div class="tile-{name}">{part}</div>' for name, part in parts if part)
        return f'<li class="{css}">{drawn}</li>'

    def _row(self, tile: Tile) -> str:
        lesson, labels = tile.lesson, self.labels
        cells = (
            self._clock(lesson.starts_at),
            self._teacher(lesson),
            f"{lesson.here}/{lesson.expected}" if lesson.runs else str(lesson.expected),
            self._names(tile),
            self._track(lesson),
            " ".join(map(self._tag, tile.troubles)),
            self._age(lesson),
        )
        drawn = "".join(
            f'<td data-label="{label}">{cell}</td>' for label, cell in zip(labels, cells, strict=True)
        )
        css = ' class="is-urgent"' if tile.urgent else ""
        return f'<tr{css}><th scope="row">{self._link(lesson)}</th>{drawn}</tr>'

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The headings of the table, after that of the lesson."""
        words = (
            *(_("Start"), _("Teacher"), _("In the room"), _("Missing"), _("Recording"), _("Needs a look")),
            _("Seen"),
        )  # fmt: skip
        return tuple(map(escape, words))

    def _link(self, lesson: LessonNow) -> str:
        return f'<a id="wall-{lesson.pk}" href="{self.address % lesson.pk}">{escape(lesson.topic)}</a>'

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M}"

    def _teacher(self, lesson: LessonNow) -> str:
        name = escape(lesson.teacher)
        if lesson.teacher_since is None:
            return name
        return f"{name} <small>{self.in_since % {'at': self._clock(lesson.teacher_since)}}</small>"

    def _count(self, lesson: LessonNow) -> str:
        here, expected = lesson.here, lesson.expected
        if not lesson.runs:
            told = ngettext("%(n)s student expected", "%(n)s students expected", expected) % {"n": expected}
            return f"<span>{escape(told)}</span>"
        bar = f'<progress class="bar" max="{expected or 1}" value="{here}" aria-hidden="true"></progress>'
        return f"<strong>{here}/{expected}</strong>{bar}"

    def _names(self, tile: Tile) -> str:
        """The first of the missing; nobody is called missing before the room was seen."""
        if not tile.lesson.looked_at or not tile.names:
            return ""
        return f"{escape(', '.join(tile.names))}{f' +{tile.more}' if tile.more else ''}"

    def _tag(self, trouble: Trouble) -> str:
        return f"{self.tags[trouble.kind]}{f' {trouble.number}' if trouble.number else ''}</span>"

    def _track(self, lesson: LessonNow) -> str:
        track = lesson.recording
        if not lesson.runs or track.name not in ICONS:
            return ""
        words = escape(self._track_words(track))
        return f'<span class="tile-track track-{track.name}">{self.icons[track.name]}{words}</span>'

    @cached_property
    def icons(self) -> dict[str, str]:
        return {state: str(icon(name)) for state, name in ICONS.items()}

    def _track_words(self, track: State) -> str:
        return self.track_words[track.name] % {"at": self._clock(track.since) if track.since else ""}

    @cached_property
    def track_words(self) -> dict[str, str]:
        return {
            "started": _("recording since %(at)s"),
            "ready": _("recording stopped %(at)s"),
            "failed": _("recording failed %(at)s"),
            "missing": _("recording missing since %(at)s"),
            "asked": _("recording asked for"),
        }

    def _age(self, lesson: LessonNow) -> str:
        """What the tag `ago` draws, for whom static/js/ago.js counts on."""
        at = lesson.looked_at
        if not lesson.runs:
            return ""
        if at is None:
            return f'<span class="ago">{self.never}</span>'
        seconds = max(0, int((self.now - at).total_seconds()))
        stale = " is-stale" if seconds > self.stale_after else ""
        exact = f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}, {self.zone_words}"
        return (
            f'<span class="ago{stale}" data-ago="{seconds}" data-stale-after="{self.stale_after}">'
            f'<time datetime="{at.isoformat()}" title="{exact}">{self.ages[seconds]}</time>'
            f'<span class="ago-stale"> · {self.stale}</span></span>'
        )

    @cached_property
    def ages(self) -> "_Ages":
        return _Ages()


class _Ages(dict[int, str]):
    """The words of an age, made once for all lessons that share it."""

    def __missing__(self, seconds: int) -> str:
        self[seconds] = escape(age(seconds))
        return self[seconds]
