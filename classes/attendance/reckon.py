"""Evidence in, marks out: a pure function.

What is known of a person is the union of what the polls saw and what history and callbacks said. What
nobody could see is unknown. A mark stands only where it is the same whether the person was there in all
of the unknown time or in none of it; else it is `unknown` and waits for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from classes.attendance.said import away, callback_lines, history_lines, pieces, quits
from classes.attendance.seen import Polls, Watch
from classes.attendance.shapes import (
    FACTS_VERSION,
    Evidence,
    Person,
    Policy,
    Reckoned,
    Span,
    Times,
    merged,
)
from classes.attendance.spans import Stretch, common, total, union, without

STUDENT = "student"
GRADES = ("inferred", "one_source", "two_sources")
SHARE_STEP = Decimal("0.0001")
#: Marks that leave of absence excuses; who was present stays present.
EXCUSABLE = {"absent", "late", "left_early", "late_and_left_early", "unknown"}


@dataclass(frozen=True, slots=True)
class Found:
    """One person's stays and the stretches of the lesson in which nobody can say."""

    stays: tuple[Span, ...]
    unknown: tuple[Stretch, ...]
    credited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What holds for everybody in the lesson."""

    times: Times
    policy: Policy
    polls: Polls
    outages: Sequence[Stretch]
    settled: bool


def reckon(
    evidence: Iterable[Evidence],
    expected: Iterable[Person],
    *,
    teacher: Person,
    times: Times,
    policy: Policy,
    history_settled: bool,
    staff: Mapping[str, str] | None = None,
    leaves: Mapping[str, Sequence[Stretch]] | None = None,
    credits: Mapping[str, str] | None = None,
) -> list[Reckoned]:
    """The result for the teacher, for everybody expected and for everybody else who was there.

    `staff` names by user id the roles of the school's own people, who may look in without being expected.
    `leaves` are by user id the stretches for which somebody is excused. `credits` names by the user id of a
    guest the member for whom their stays count as well. History decides what polls missed once it is settled
    and has any line at all.
    """
    evidence = list(evidence)
    rows: dict[str, list[Evidence]] = defaultdict(list)
    for line in evidence:
        if line.user_id:
            rows[line.user_id].append(line)
    polls = Polls.of(evidence)
    outages = polls.outages(times.taught, policy.trust_s) if times.taught else []
    settled = history_settled and any(line.source == "history" for line in evidence)
    lesson = Lesson(times, policy, polls, outages, settled)
    people = {person.user_id: person for person in expected} | {teacher.user_id: teacher}
    guests = [_guest(user_id, rows[user_id], staff or {}) for user_id in sorted(rows.keys() - people)]
    found = {one.user_id: find(rows.get(one.user_id, []), lesson) for one in [*people.values(), *guests]}
    whole = found | _credited(found, credits or {}, people)
    away = leaves or {}
    return [
        _result(one, one.user_id in people, whole[one.user_id], lesson, away.get(one.user_id, ()))
        for one in [*people.values(), *guests]
    ]


def _credited(found: Mapping[str, Found], credits: Mapping[str, str], people: Any) -> dict[str, Found]:
    """What is found of those for whom the stays of guests count, too; a guest keeps a row of their own."""
    ids: dict[str, list[str]] = defaultdict(list)
    for guest_id, user_id in sorted(credits.items()):
        if guest_id in found and guest_id not in people and user_id in people:
            ids[user_id].append(guest_id)
    together = {}
    for user_id, guest_ids in ids.items():
        parts = [found[one] for one in (user_id, *guest_ids)]
        stays = merged(span for part in parts for span in part.stays)
        doubts = without((gap for part in parts for gap in part.unknown), [stay.stretch for stay in stays])
        together[user_id] = Found(tuple(stays), tuple(doubts), tuple(guest_ids))
    return together


def find(rows: Sequence[Evidence], lesson: Lesson) -> Found:
    """What the evidence of one person amounts to."""
    times, trust_s = lesson.times, lesson.policy.trust_s
    watch = Watch(lesson.polls, quits(rows), times, trust_s)
    watch.follow(row for row in rows if row.source == "poll")
    lines = [*history_lines(rows, times.running), *callback_lines(rows, trust_s)]
    spans, holes = list(watch.stays), []
    for line in lines:
        gone = away(line, watch.missing, lesson.polls)
        holes += gone
        spans += pieces(line, gone)
    stays = merged(spans)
    doubts = common(lesson.outages, holes) if lesson.settled else list(lesson.outages)
    if not watch.stays:  # the polls never saw somebody whom history names: one of the two is wrong
        doubts += holes
    if times.taught:
        doubts += _after_open_lines(lines, times.taught[1], watch)
        if doubts:
            doubts = common(without(doubts, [stay.stretch for stay in stays]), [times.taught])
    return Found(tuple(stays), tuple(doubts))


def _after_open_lines(lines: Sequence[Span], end: int, watch: Watch) -> list[Stretch]:
    """An exit that history never told may have been at any time after the line was read."""
    return without(
        [(line.end, end) for line in lines if line.sources == {"history"} and not line.ended_by],
        [(int(gap.first), int(gap.last)) for gap in watch.missing],
    )


def _guest(user_id: str, rows: Sequence[Evidence], staff: Mapping[str, str]) -> Person:
    """Somebody who was there and not expected, with the name and role told last."""
    ordered = sorted(rows, key=lambda row: (row.seen_at, row.nickname, row.role))
    nickname = next((row.nickname for row in reversed(ordered) if row.nickname), "")
    role = next((row.role for row in reversed(ordered) if row.role), "")
    return Person(user_id, staff.get(user_id, role), nickname)


def _result(
    person: Person, expected: bool, found: Found, lesson: Lesson, leaves: Sequence[Stretch]
) -> Reckoned:
    taught = lesson.times.taught
    whole = [taught] if taught else []
    known = common([stay.stretch for stay in found.stays], whole)
    possible = union([*known, *found.unknown]) if found.unknown else known
    mark, rule = "", "guest" if not expected else "staff"
    if expected and person.role == STUDENT:
        mark, rule = _mark(known, possible, lesson)
    facts = _facts(rule, known, found, total(possible), lesson)
    if leave := _leave(mark, rule, leaves, lesson.times):
        facts["leave"] = [*leave, mark]
        mark = "excused"
    seconds = total(known)
    stays = found.stays
    return Reckoned(
        user_id=person.user_id,
        nickname=person.nickname,
        role=person.role,
        expected=expected,
        mark=mark,
        first_entered_at=stays[0].start if stays else None,
        last_left_at=None if not stays or stays[-1].open else stays[-1].end,
        present_seconds=seconds,
        share=(Decimal(seconds) / total(whole)).quantize(SHARE_STEP, ROUND_DOWN) if taught else None,
        stays=stays,
        grade=min((stay.grade for stay in stays), key=GRADES.index, default="none"),
        facts=facts,
    )


def _leave(mark: str, rule: str, leaves: Sequence[Stretch], times: Times) -> Stretch | None:
    """The leave that excuses this mark: one that lies over any part of the lesson, planned or taught."""
    if not leaves or mark not in EXCUSABLE or rule == "not_held":
        return None
    start, end = times.planned_start, times.planned_end
    if times.taught:
        start, end = min(start, times.taught[0]), max(end, times.taught[1])
    return next((one for one in leaves if one[0] < end and one[1] > start), None)


def _mark(known: Sequence[Stretch], possible: Sequence[Stretch], lesson: Lesson) -> tuple[str, str]:
    """The mark and the rule that gave it."""
    if lesson.times.taught is None:
        over = lesson.times.real_end is not None or lesson.times.now >= lesson.times.planned_end
        return "unknown", "not_held" if over else "not_begun"
    at_worst = _judge(known, lesson)
    at_best = at_worst if possible is known else _judge(possible, lesson)
    return at_worst if at_worst[0] == at_best[0] else ("unknown", "no_data")


def _judge(there: Sequence[Stretch], lesson: Lesson) -> tuple[str, str]:
    """The mark of somebody who was there in exactly these parts of the time taught."""
    times, policy = lesson.times, lesson.policy
    assert times.taught is not None
    start, end = times.taught
    limit = times.late_limit(policy)
    if not there:
        return ("unknown", "waiting") if times.running and times.now <= limit else ("absent", "never_seen")
    late = there[0][0] > limit
    if times.running:
        return ("late" if late else "present"), "in_room"
    if total(there) * 100 < policy.present_share * (end - start):
        return "absent", "too_short"
    early = there[-1][1] < end - policy.early_leave_s
    if late and early:
        return "late_and_left_early", "share"
    return "late" if late else "left_early" if early else "present", "share"


def _facts(
    rule: str, known: Sequence[Stretch], found: Found, possible: int, lesson: Lesson
) -> dict[str, Any]:
    """What the sentence is made of; holds no `now` once the lesson is over."""
    times, policy, taught = lesson.times, lesson.policy, lesson.times.taught
    facts: dict[str, Any] = {
        "v": FACTS_VERSION,
        "rule": rule,
        "running": times.running,
        "taught": list(taught) if taught else None,
        "late_limit": times.late_limit(policy),
        "leave_limit": taught[1] - policy.early_leave_s if taught and not times.running else None,
        "needs": policy.present_share,
        "seconds": total(known),
        "at_most": possible,
        "inside": [known[0][0], known[-1][1]] if known else None,
        "stays": [
            {
                "from": stay.start,
                "to": None if stay.open else stay.end,
                "grade": stay.grade,
                "started_by": sorted(stay.started_by),
                "ended_by": sorted(stay.ended_by),
                "sources": sorted(stay.sources),
            }
            for stay in found.stays
        ],
        "unknown": [list(stretch) for stretch in found.unknown],
    }
    if found.credited:
        facts["credited"] = list(found.credited)
    return facts
