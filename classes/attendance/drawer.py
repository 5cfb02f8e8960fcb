"""Everything that the register knows of one person in one lesson: what opens below their row."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple

from classes.attendance.missed import Watch, watch_from
from classes.attendance.queries import Entry, entry_of
from classes.attendance.reckon import SHARE_STEP
from classes.attendance.samples import Seen, seen_of
from classes.attendance.spans import common, total
from classes.models import Appeal, Attendance, Correction, Credit, Footage, Lesson, Observation, Recording
from console.policy import scoped

Source = Observation.Source
DEVICES = ("camera", "mic", "speaker", "silence", "hand_up")


class Stay(NamedTuple):
    entered_at: datetime
    left_at: datetime | None
    seconds: int | None
    evidence: str
    sources: tuple[str, ...]


class States(NamedTuple):
    """Device states as they were told: True on, False off, None not told. None of them enters a mark."""

    at: datetime | None
    camera: bool | None
    mic: bool | None
    speaker: bool | None
    silence: bool | None
    hand_up: bool | None


@dataclass(frozen=True)
class Drawer:
    """`seen_in` of `looks`: how many looks into the room saw the person, of those while it was taught."""

    row: Attendance
    entry: Entry
    stays: list[Stay]
    planned_share: Decimal | None
    looks: int
    seen_in: int
    last: States | None
    live: States | None
    corrections: list[Correction]
    credits: list[Credit]
    appeals: list[Appeal]
    watch: list[Watch]
    samples: Seen | None


def drawer_of(row: Attendance, reader: Any) -> Drawer:
    """What the reader, who may see this row, may see below it."""
    lesson, facts = row.lesson, row.reason
    kept = Recording.objects.filter(lesson=lesson, emptied_at=None)
    recordings = scoped(kept, reader, "recording", "list")
    if Footage.objects.filter(lesson=lesson, binned_at__isnull=False).exists():
        recordings = recordings.none()
    looks = _looks(lesson, facts)
    return Drawer(
        row=row,
        entry=entry_of(row, lesson.enterprise.tz),
        stays=[_stay(one) for one in facts.get("stays", ())],
        planned_share=planned_share(lesson, facts),
        looks=len(looks),
        seen_in=sum(1 for look in looks if _covers(facts, look)),
        last=_last_states(row),
        live=_live_states(row),
        corrections=list(
            Correction.objects.filter(lesson=lesson, user_id=row.user_id).select_related("by").order_by("-id")
        ),
        credits=list(_credits(row)),
        appeals=list(lesson.appeals.filter(person=row.person).select_related("answered_by"))
        if row.person
        else [],
        watch=watch_from(facts, recordings) if row.mark and row.mark != "present" else [],
        samples=seen_of(reader, lesson, row.person),
    )


def planned_share(lesson: Lesson, facts: Any) -> Decimal | None:
    """The second denominator: how much of the planned time the person was there; None while it runs."""
    if not facts.get("taught") or facts.get("running"):
        return None
    start, end = int(lesson.starts_at.timestamp()), int(lesson.ends_at.timestamp())
    stays = [(one["from"], end if one["to"] is None else one["to"]) for one in facts["stays"]]
    there = total(common(stays, [(start, end)]))
    return (Decimal(there) / (end - start)).quantize(SHARE_STEP, ROUND_DOWN) if end > start else None


def _stay(one: Any) -> Stay:
    length = None if one["to"] is None else one["to"] - one["from"]
    left = None if one["to"] is None else _at(one["to"])
    return Stay(_at(one["from"]), left, length, one["grade"], tuple(one["sources"]))


def _looks(lesson: Lesson, facts: Any) -> list[int]:
    """The moments of the looks into the room while it was taught."""
    if not facts.get("taught"):
        return []
    start, end = (_at(second) for second in facts["taught"])
    answered = (Source.POLL, Source.TICK, Source.COUNT)
    rows = Observation.objects.filter(lesson=lesson, source__in=answered, seen_at__range=(start, end))
    return sorted({int(at.timestamp()) for at in rows.values_list("seen_at", flat=True)})


def _covers(facts: Any, look: int) -> bool:
    return any(
        "poll" in stay["sources"] and stay["from"] <= look and (stay["to"] is None or look < stay["to"])
        for stay in facts["stays"]
    )


def _last_states(row: Attendance) -> States | None:
    """The last states that the history tells."""
    told = _newest(row, Source.HISTORY)
    return told and _states(told.raw, "history_", told.left_at or told.seen_at)


def _live_states(row: Attendance) -> States | None:
    """The states at the last look that saw the person."""
    told = _newest(row, Source.POLL, present=True)
    return told and _states(told.raw.get("status") or {}, "", told.seen_at)


def _newest(row: Attendance, source: str, **where: Any) -> Observation | None:
    """The newest that still holds the service's words, which a school may let go of."""
    rows = Observation.objects.filter(lesson=row.lesson, user_id=row.user_id, source=source, **where)
    return rows.exclude(raw={}).order_by("-id").first()


def _states(told: Any, prefix: str, at: datetime) -> States:
    """-1, and whatever is neither 1 nor 0, is "not told", never "off"."""
    switch = {1: True, 0: False}
    return States(at, *(switch.get(told.get(prefix + name)) for name in DEVICES))


def _credits(row: Attendance) -> Any:
    rows = Credit.objects.filter(lesson=row.lesson, undone_at=None).select_related("person")
    return rows.filter(person=row.person) if row.expected else rows.filter(guest_id=row.user_id)


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
