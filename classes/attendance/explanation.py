"""Explanation of a mark, as one or two sentences in the reader's language.

It is built from the facts of the calculation (`Attendance.reason`), with times to the second in the time zone
of the school: "Present: 41 of 45 min (91.1 %). Joined 08:03:10 (history and live list), away
08:20:05–08:24:31 (live list)."
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from classes.attendance.calculation.intervals import Interval, difference
from console.ui.shares import percent_number

Facts = Mapping[str, Any]
StayFacts = Mapping[str, Any]
ClockFormat = Callable[[int], str]

MARK_TITLES = {
    "present": pgettext_lazy("mark", "Present"),
    "late": pgettext_lazy("mark", "Late"),
    "left_early": pgettext_lazy("mark", "Left early"),
    "late_and_left_early": pgettext_lazy("mark", "Late and left early"),
    "absent": pgettext_lazy("mark", "Absent"),
    "excused": pgettext_lazy("mark", "Excused"),
    "unknown": pgettext_lazy("mark", "No data"),
}
SOURCE_LABELS = {
    "history": gettext_lazy("history"),
    "poll": gettext_lazy("live list"),
    "callback": gettext_lazy("message from iclass"),
}
MAX_GAPS = 4


def explain_mark(mark: str, facts: Facts, zone: ZoneInfo) -> str:
    """Return the reason of a mark; empty if there are no facts."""
    if not facts:
        return ""
    clock = _clock_format(facts, zone)
    hand, leave = facts.get("hand"), facts.get("leave")
    prefix = []
    if hand:
        prefix.append(_manual_part(mark, hand, zone))
        mark = hand["instead_of"]
    if leave:
        prefix.append(_leave_part(leave, zone))
        mark = leave[2]
    parts = (
        *prefix,
        _summary(mark, facts, clock),
        _presence_part(mark, facts, clock),
        _credit_part(facts),
        _unknown_part(facts, clock),
        _unconfirmed_part(facts, clock),
    )
    return _join_parts(parts, _("%(one)s %(more)s"))


def is_ordinary(mark: str, facts: Facts) -> bool:
    """Return whether the explanation says no more than mark, times and share of the row do.

    That is so for who was present all along or never came, without a decision, a credit or missing data.
    """
    if not facts:
        return True
    if any(facts.get(key) for key in ("hand", "leave", "credited", "unknown", "unconfirmed")):
        return False
    if facts["rule"] in ("never_seen", "not_begun", "not_held"):
        return True
    return mark in ("present", "") and facts["rule"] != "guest" and len(_stays_in_lesson(facts)) == 1


def _manual_part(mark: str, hand: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Return who set the mark by hand, when and why."""
    values = {
        "word": MARK_TITLES.get(mark, mark),
        "who": hand["by"] or _("the console"),
        "when": _format_day(hand["at"], zone),
        "why": hand["reason"],
    }
    if values["why"]:
        return _("%(word)s, set by %(who)s on %(when)s: “%(why)s”. According to the evidence:") % values
    return _("%(word)s, set by %(who)s on %(when)s. According to the evidence:") % values


def _leave_part(leave: Sequence[Any], zone: ZoneInfo) -> str:
    return _("Excused: on leave from %(start)s to %(end)s.") % {
        "start": _format_day(leave[0], zone),
        "end": _format_day(leave[1], zone),
    }


def _credit_part(facts: Facts) -> str:
    """Return the guest ids that were credited to the person."""
    ids = facts.get("credited", ())
    return _("Also joined as %(ids)s (matched by hand).") % {"ids": ", ".join(ids)} if ids else ""


def _format_day(second: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(second, zone):%Y-%m-%d %H:%M}"


def _summary(mark: str, facts: Facts, clock: ClockFormat) -> str:
    """Return the result of the calculation."""
    rule = facts["rule"]
    if rule == "not_begun":
        return _("The lesson has not started.")
    if rule == "not_held":
        return _("The lesson was not held, so no one is absent.")
    if rule == "waiting":
        return _("Not here yet. Joining by %(limit)s is not late.") % {"limit": clock(facts["late_limit"])}
    if rule == "never_seen":
        return _("Absent: did not join the lesson.")
    if rule == "guest" and not facts["taught"]:
        return _("Not on the list of this lesson.")
    if not facts["taught"]:
        return ""
    return _pattern(facts) % {**_numbers(facts), "word": MARK_TITLES.get(mark, mark)}


def _pattern(facts: Facts) -> str:
    rule = facts["rule"]
    if rule == "no_data":
        return _(
            "No data: in the lesson for %(time)s to %(most)s of %(whole)s min, so the mark is not decided."
        )
    if rule == "too_short":
        return _(
            "Absent: in the lesson for %(time)s of %(whole)s min (%(percent)s %%), %(needs)s %% "
            "required to be present."
        )
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
        "time": _format_minutes(facts["seconds"]),
        "most": _format_minutes(facts["at_most"]),
        "whole": _format_minutes(end - start),
        "percent": percent_number(Decimal(facts["seconds"]) / (end - start)),
        "needs": facts["needs"],
    }


def _presence_part(mark: str, facts: Facts, clock: ClockFormat) -> str:
    """Return when the person joined, was away and left, each with its sources."""
    stays = _stays_in_lesson(facts)
    if not stays:
        return ""
    pieces = [_joined_part(mark, stays[0], facts, clock)]
    gaps = list(pairwise(stays))
    pieces += [_away_part(before, after, clock) for before, after in gaps[:MAX_GAPS]]
    if (more := len(gaps) - MAX_GAPS) > 0:
        pieces.append(ngettext("away %(n)s more time", "away %(n)s more times", more) % {"n": more})
    pieces += [_left_part(mark, stays[-1], facts, clock)]
    return _("%(pieces)s.") % {"pieces": _join_parts(pieces, _("%(one)s, %(more)s"))}


def _stays_in_lesson(facts: Facts) -> Sequence[StayFacts]:
    """Return the stays that overlap the time taught; all stays if nothing was taught."""
    stays: Sequence[StayFacts] = facts["stays"]
    if not facts["taught"]:
        return stays
    start, end = facts["taught"]
    return [stay for stay in stays if stay["from"] < end and (stay["to"] is None or stay["to"] > start)]


def _joined_part(mark: str, stay: StayFacts, facts: Facts, clock: ClockFormat) -> str:
    values = {
        "when": _format_time(stay["from"], stay["started_by"], clock),
        "sources": _format_sources(stay["started_by"] or stay["sources"]),
        "limit": clock(facts["late_limit"]),
    }
    if mark in ("late", "late_and_left_early"):
        return _("Joined %(when)s (%(sources)s), after %(limit)s") % values
    return _("Joined %(when)s (%(sources)s)") % values


def _away_part(before: StayFacts, after: StayFacts, clock: ClockFormat) -> str:
    exact_end, exact_start = before["ended_by"], after["started_by"]
    sources = {*(exact_end or before["sources"]), *(exact_start or after["sources"])}
    return _("away %(start)s–%(end)s (%(sources)s)") % {
        "start": _format_time(before["to"], exact_end, clock),
        "end": _format_time(after["from"], exact_start, clock),
        "sources": _format_sources(sources),
    }


def _left_part(mark: str, stay: StayFacts, facts: Facts, clock: ClockFormat) -> str:
    """Return when the person left; empty if they are still in the room or stayed to the end."""
    if stay["to"] is None or (facts["taught"] and stay["to"] >= facts["taught"][1]):
        return ""
    values = {
        "when": _format_time(stay["to"], stay["ended_by"], clock),
        "sources": _format_sources(stay["ended_by"] or stay["sources"]),
        "limit": clock(facts["leave_limit"]) if facts["leave_limit"] else "",
    }
    if mark in ("left_early", "late_and_left_early"):
        return _("left %(when)s (%(sources)s), before %(limit)s") % values
    return _("left %(when)s (%(sources)s)") % values


def _unknown_part(facts: Facts, clock: ClockFormat) -> str:
    """Return the time without any evidence, not even of callbacks."""
    dark = difference(map(_interval, facts["unknown"]), map(_interval, facts.get("unconfirmed", ())))
    return _("No lesson data for %(times)s.") % {"times": _format_intervals(dark, clock)} if dark else ""


def _unconfirmed_part(facts: Facts, clock: ClockFormat) -> str:
    """Return the time that only callbacks report; facts of older versions do not have it."""
    intervals = [_interval(interval) for interval in facts.get("unconfirmed", ())]
    if not intervals:
        return ""
    return _(
        "One source, unconfirmed: only a message from iclass reports %(times)s. It is not "
        "used until the live list or the history confirms it."
    ) % {"times": _format_intervals(intervals, clock)}


def _interval(bounds: Sequence[int]) -> Interval:
    return bounds[0], bounds[1]


def _format_intervals(intervals: Iterable[Interval], clock: ClockFormat) -> str:
    return _join_parts([f"{clock(start)}–{clock(end)}" for start, end in intervals], _("%(one)s, %(more)s"))


def _format_time(second: int, sources: Sequence[str], clock: ClockFormat) -> str:
    """Format a time; "about" if no source reports it to the second."""
    return clock(second) if sources else _("about %(time)s") % {"time": clock(second)}


def _format_sources(names: Iterable[str]) -> str:
    words = [str(SOURCE_LABELS[name]) for name in SOURCE_LABELS if name in names]
    return _join_parts(words, _("%(one)s and %(more)s"))


def _join_parts(parts: Iterable[str], pattern: str) -> str:
    """Join the non-empty parts by the pattern of the language."""
    non_empty = [part for part in parts if part] or [""]
    return reduce(lambda one, more: pattern % {"one": one, "more": more}, non_empty)


def _format_minutes(seconds: int) -> str:
    """Format as minutes and seconds without rounding: 41 or 41:05."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}" if rest else str(minutes)


def _clock_format(facts: Facts, zone: ZoneInfo) -> ClockFormat:
    """Return a formatter for times in `zone`; it adds the date if it is not that of the lesson."""
    day = datetime.fromtimestamp(facts["late_limit"], zone).date()

    def format_second(second: int) -> str:
        moment = datetime.fromtimestamp(second, zone)
        return f"{moment:%H:%M:%S}" if moment.date() == day else f"{moment:%Y-%m-%d %H:%M:%S}"

    return format_second
