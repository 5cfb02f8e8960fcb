"""Why a mark is what it is, as a sentence or two in the reader's language.

Made of the facts that the reckoning leaves (`Attendance.reason`), with times to the second in the zone of
the school: "Present: 41 of 45 min (91 %). Joined 08:03:10 (history and live list), away
08:20:05–08:24:31 (live list)."
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

Facts = Mapping[str, Any]
Stay = Mapping[str, Any]
Clock = Callable[[int], str]

WORDS = {
    "present": pgettext_lazy("mark", "Present"),
    "late": pgettext_lazy("mark", "Late"),
    "left_early": pgettext_lazy("mark", "Left early"),
    "late_and_left_early": pgettext_lazy("mark", "Late and left early"),
    "absent": pgettext_lazy("mark", "Absent"),
    "excused": pgettext_lazy("mark", "Excused"),
    "unknown": pgettext_lazy("mark", "No data"),
}
SOURCES = {
    "history": gettext_lazy("history"),
    "poll": gettext_lazy("live list"),
    "callback": gettext_lazy("message from iclass"),
}
MOST_GAPS = 4


def sentence(mark: str, facts: Facts, zone: ZoneInfo) -> str:
    """The reason of a mark; empty where there are no facts."""
    if not facts:
        return ""
    clock = _clock(facts, zone)
    hand, leave = facts.get("hand"), facts.get("leave")
    told = []
    if hand:
        told.append(_by_hand(mark, hand, zone))
        mark = hand["instead_of"]
    if leave:
        told.append(_on_leave(leave, zone))
        mark = leave[2]
    parts = (
        *told,
        _head(mark, facts, clock),
        _coming_and_going(mark, facts, clock),
        _credited(facts),
        _unseen(facts, clock),
    )
    return _chain(parts, _("%(one)s %(more)s"))


def _by_hand(mark: str, hand: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Who set the mark, when and why; what the evidence says follows."""
    values = {
        "word": WORDS.get(mark, mark),
        "who": hand["by"] or _("the console"),
        "when": _day(hand["at"], zone),
        "why": hand["reason"],
    }
    if values["why"]:
        return _("%(word)s, set by %(who)s on %(when)s: “%(why)s”. The evidence says:") % values
    return _("%(word)s, set by %(who)s on %(when)s. The evidence says:") % values


def _on_leave(leave: Sequence[Any], zone: ZoneInfo) -> str:
    return _("Excused: on leave from %(start)s to %(end)s.") % {
        "start": _day(leave[0], zone),
        "end": _day(leave[1], zone),
    }


def _credited(facts: Facts) -> str:
    """Under which other ids the person was there, as somebody has found out."""
    ids = facts.get("credited", ())
    return _("Also there as %(ids)s (matched by hand).") % {"ids": ", ".join(ids)} if ids else ""


def _day(second: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(second, zone):%Y-%m-%d %H:%M}"


def _head(mark: str, facts: Facts, clock: Clock) -> str:
    """What was found."""
    rule = facts["rule"]
    if rule == "not_begun":
        return _("The lesson has not begun.")
    if rule == "not_held":
        return _("The lesson was not held, so nobody is absent.")
    if rule == "waiting":
        return _("Not here yet; who comes by %(limit)s is not late.") % {"limit": clock(facts["late_limit"])}
    if rule == "never_seen":
        return _("Absent: not seen in the lesson.")
    if rule == "guest" and not facts["taught"]:
        return _("Not on the list of this lesson.")
    if not facts["taught"]:
        return ""
    return _pattern(facts) % {**_numbers(facts), "word": WORDS.get(mark, mark)}


def _pattern(facts: Facts) -> str:
    rule = facts["rule"]
    if rule == "no_data":
        return _("No data: in the lesson for %(time)s to %(most)s of %(whole)s min, so the mark stays open.")
    if rule == "too_short":
        return _("Absent: %(time)s of %(whole)s min (%(percent)s %%), but %(needs)s %% make one present.")
    if rule == "guest":
        return _("Not on the list of this lesson; in it for %(time)s of %(whole)s min (%(percent)s %%).")
    if rule == "staff":
        return _("In the lesson for %(time)s of %(whole)s min (%(percent)s %%).")
    if facts["running"]:
        return _("%(word)s so far: %(time)s of %(whole)s min (%(percent)s %%).")
    return _("%(word)s: %(time)s of %(whole)s min (%(percent)s %%).")


def _numbers(facts: Facts) -> dict[str, object]:
    start, end = facts["taught"]
    return {
        "time": _minutes(facts["seconds"]),
        "most": _minutes(facts["at_most"]),
        "whole": _minutes(end - start),
        # Rounded down, so that nobody reads 50 % who has less.
        "percent": facts["seconds"] * 100 // (end - start),
        "needs": facts["needs"],
    }


def _coming_and_going(mark: str, facts: Facts, clock: Clock) -> str:
    """Joined when, away when, left when, each with who says so."""
    stays = _in_the_lesson(facts)
    if not stays:
        return ""
    pieces = [_joined(mark, stays[0], facts, clock)]
    gaps = list(pairwise(stays))
    pieces += [_away(before, after, clock) for before, after in gaps[:MOST_GAPS]]
    if (more := len(gaps) - MOST_GAPS) > 0:
        pieces.append(ngettext("away %(n)s more time", "away %(n)s more times", more) % {"n": more})
    pieces += [_left(mark, stays[-1], facts, clock)]
    return _("%(pieces)s.") % {"pieces": _chain(pieces, _("%(one)s, %(more)s"))}


def _in_the_lesson(facts: Facts) -> Sequence[Stay]:
    """The stays that touch the time taught; all of them where nothing was taught."""
    stays: Sequence[Stay] = facts["stays"]
    if not facts["taught"]:
        return stays
    start, end = facts["taught"]
    return [stay for stay in stays if stay["from"] < end and (stay["to"] is None or stay["to"] > start)]


def _joined(mark: str, stay: Stay, facts: Facts, clock: Clock) -> str:
    values = {
        "when": _told(stay["from"], stay["started_by"], clock),
        "sources": _sources(stay["started_by"] or stay["sources"]),
        "limit": clock(facts["late_limit"]),
    }
    if mark in ("late", "late_and_left_early"):
        return _("Joined %(when)s (%(sources)s), after %(limit)s") % values
    return _("Joined %(when)s (%(sources)s)") % values


def _away(before: Stay, after: Stay, clock: Clock) -> str:
    exact_end, exact_start = before["ended_by"], after["started_by"]
    sources = {*(exact_end or before["sources"]), *(exact_start or after["sources"])}
    return _("away %(start)s–%(end)s (%(sources)s)") % {
        "start": _told(before["to"], exact_end, clock),
        "end": _told(after["from"], exact_start, clock),
        "sources": _sources(sources),
    }


def _left(mark: str, stay: Stay, facts: Facts, clock: Clock) -> str:
    """Nothing for who is still there or stayed to the end."""
    if stay["to"] is None or (facts["taught"] and stay["to"] >= facts["taught"][1]):
        return ""
    values = {
        "when": _told(stay["to"], stay["ended_by"], clock),
        "sources": _sources(stay["ended_by"] or stay["sources"]),
        "limit": clock(facts["leave_limit"]) if facts["leave_limit"] else "",
    }
    if mark in ("left_early", "late_and_left_early"):
        return _("left %(when)s (%(sources)s), before %(limit)s") % values
    return _("left %(when)s (%(sources)s)") % values


def _unseen(facts: Facts, clock: Clock) -> str:
    """When nobody could tell."""
    spans = [f"{clock(start)}–{clock(end)}" for start, end in facts["unknown"]]
    if not spans:
        return ""
    return _("Nobody could see %(times)s.") % {"times": _chain(spans, _("%(one)s, %(more)s"))}


def _told(second: int, exactly_by: Sequence[str], clock: Clock) -> str:
    """A time that no source tells to the second is told as near it."""
    return clock(second) if exactly_by else _("about %(time)s") % {"time": clock(second)}


def _sources(names: Iterable[str]) -> str:
    words = [str(SOURCES[name]) for name in SOURCES if name in names]
    return _chain(words, _("%(one)s and %(more)s"))


def _chain(parts: Iterable[str], pattern: str) -> str:
    """The parts that say something, one after the other as the language joins them."""
    said = [part for part in parts if part] or [""]
    return reduce(lambda one, more: pattern % {"one": one, "more": more}, said)


def _minutes(seconds: int) -> str:
    """Minutes, with the seconds where there are any: 41, 41:05; never rounded."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}" if rest else str(minutes)


def _clock(facts: Facts, zone: ZoneInfo) -> Clock:
    """Tells a second by the clock of the school, with the date where it is not that of the lesson."""
    day = datetime.fromtimestamp(facts["late_limit"], zone).date()

    def tell(second: int) -> str:
        moment = datetime.fromtimestamp(second, zone)
        return f"{moment:%H:%M:%S}" if moment.date() == day else f"{moment:%Y-%m-%d %H:%M:%S}"

    return tell
