"""Calculation of marks from evidence: a pure function.

The known presence of a person is the union of what polls and history report. Time without polls is unknown,
and so is time that only callbacks report. A mark is given only if it is the same whether the person was
present in all of the unknown time or in none of it. Otherwise it is `unknown` and a person decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from classes.attendance.calculation.confirmation import weigh_evidence, weigh_version_1
from classes.attendance.calculation.intervals import Interval, difference, intersection, total_seconds, union
from classes.attendance.calculation.poll_presence import PollMoments, PresenceTracker
from classes.attendance.calculation.statements import callback_spans, exit_times, history_spans
from classes.attendance.calculation.types import (
    FACTS_VERSION,
    AttendancePolicy,
    CalculatedMark,
    Evidence,
    ExpectedPerson,
    LessonTimes,
    PresenceSpan,
    merge_spans,
)

STUDENT = "student"
GRADES = ("inferred", "one_source", "two_sources")
#: A callback reports something that neither a poll nor the history confirms.
UNCONFIRMED = "unconfirmed"
SHARE_STEP = Decimal("0.0001")
#: Marks that leave of absence excuses; "present" stays.
EXCUSABLE = {"absent", "late", "left_early", "late_and_left_early", "unknown"}


@dataclass(frozen=True, slots=True)
class PresenceFindings:
    """The stays of one person and the intervals in which their presence is unknown.

    `unconfirmed` are intervals that only a callback reports, even if polls refute them.
    """

    stays: tuple[PresenceSpan, ...]
    unknown: tuple[Interval, ...]
    unconfirmed: tuple[Interval, ...] = ()
    credited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalculationContext:
    """Input that is the same for everybody in the lesson."""

    times: LessonTimes
    policy: AttendancePolicy
    polls: PollMoments
    outages: Sequence[Interval]
    settled: bool

    @property
    def strict(self) -> bool:
        """Whether history and callbacks are weighed instead of taken at face value."""
        return self.policy.version > 1


def calculate(
    evidence: Iterable[Evidence],
    expected: Iterable[ExpectedPerson],
    *,
    teacher: ExpectedPerson,
    times: LessonTimes,
    policy: AttendancePolicy,
    history_settled: bool,
    staff: Mapping[str, str] | None = None,
    leaves: Mapping[str, Sequence[Interval]] | None = None,
    credits: Mapping[str, str] | None = None,
) -> list[CalculatedMark]:
    """Return the result for the teacher, for everybody expected and for everybody else who was present.

    `staff` maps user ids to the roles of the school's staff, who may enter without being expected. `leaves`
    maps user ids to the intervals for which they are excused. `credits` maps the user id of a guest to the
    member who gets credit for the guest's stays. A settled history that has any line decides where polls
    failed.
    """
    evidence = list(evidence)
    rows: dict[str, list[Evidence]] = defaultdict(list)
    for row in evidence:
        if row.user_id:
            rows[row.user_id].append(row)
    polls = PollMoments.from_evidence(evidence)
    outages = polls.outages(times.taught, policy.poll_validity_s) if times.taught else []
    settled = history_settled and any(row.source == "history" for row in evidence)
    lesson = CalculationContext(times, policy, polls, outages, settled)
    people = {person.user_id: person for person in expected} | {teacher.user_id: teacher}
    others = sorted(user_id for user_id in rows.keys() - people if _counts_as_guest(rows[user_id], lesson))
    guests = [_guest(user_id, rows[user_id], staff or {}) for user_id in others]
    findings = {
        one.user_id: find_presence(rows.get(one.user_id, []), lesson) for one in [*people.values(), *guests]
    }
    merged = findings | _merge_credits(findings, credits or {}, people)
    leaves_by_user = leaves or {}
    return [
        _result(one, one.user_id in people, merged[one.user_id], lesson, leaves_by_user.get(one.user_id, ()))
        for one in [*people.values(), *guests]
    ]


def _merge_credits(
    findings: Mapping[str, PresenceFindings], credits: Mapping[str, str], people: Any
) -> dict[str, PresenceFindings]:
    """Return the findings of members who get credit for guests. A guest also keeps a row."""
    ids: dict[str, list[str]] = defaultdict(list)
    for guest_id, user_id in sorted(credits.items()):
        if guest_id in findings and guest_id not in people and user_id in people:
            ids[user_id].append(guest_id)
    merged = {}
    for user_id, guest_ids in ids.items():
        parts = [findings[one] for one in (user_id, *guest_ids)]
        stays = merge_spans(span for part in parts for span in part.stays)
        covered = [stay.interval for stay in stays]
        doubts = difference((gap for part in parts for gap in part.unknown), covered)
        unconfirmed = difference((gap for part in parts for gap in part.unconfirmed), covered)
        merged[user_id] = PresenceFindings(tuple(stays), tuple(doubts), tuple(unconfirmed), tuple(guest_ids))
    return merged


def find_presence(rows: Sequence[Evidence], lesson: CalculationContext) -> PresenceFindings:
    """Return the presence findings of one person."""
    times, poll_validity_s = lesson.times, lesson.policy.poll_validity_s
    # A settled history alone decides when somebody left; callbacks no longer count as exits.
    sources = ("history",) if lesson.strict and lesson.settled else ("history", "callback")
    tracker = PresenceTracker(
        lesson.polls, exit_times(rows, sources), times, poll_validity_s, strict=lesson.strict
    )
    tracker.follow(row for row in rows if row.source == "poll")
    history, callbacks = history_spans(rows, times.running), callback_spans(rows, poll_validity_s)
    weighed = (weigh_evidence if lesson.strict else weigh_version_1)(history, callbacks, tracker)
    stays = merge_spans(weighed.spans)
    unconfirmed, unrefuted = weighed.unconfirmed, weighed.unrefuted
    if lesson.settled or not times.taught:
        unconfirmed, unrefuted = [], []
    doubts = intersection(lesson.outages, weighed.holes) if lesson.settled else list(lesson.outages)
    doubts += weighed.doubts + unrefuted
    if not tracker.stays:  # polls never saw a person whom the history names: one of the two is wrong
        doubts += weighed.holes
    if times.taught:
        doubts += _after_unfinished_lines(history, times.taught[1], tracker)
    return PresenceFindings(
        tuple(stays), _outside_stays(doubts, stays, times), _outside_stays(unconfirmed, stays, times)
    )


def _outside_stays(
    intervals: Sequence[Interval], stays: Sequence[PresenceSpan], times: LessonTimes
) -> tuple[Interval, ...]:
    """Return the parts of the intervals that lie in the time taught and in no stay."""
    if not intervals or not times.taught:
        return tuple(intervals)
    return tuple(intersection(difference(intervals, [stay.interval for stay in stays]), [times.taught]))


def _after_unfinished_lines(
    lines: Sequence[PresenceSpan], end: int, tracker: PresenceTracker
) -> list[Interval]:
    """Return the time after history lines without an exit: the person may have left at any moment."""
    return difference(
        [(line.end, end) for line in lines if not line.ended_by],
        [(int(gap.first), int(gap.last)) for gap in tracker.missing],
    )


def _counts_as_guest(rows: Sequence[Evidence], lesson: CalculationContext) -> bool:
    """Return whether an unexpected person counts: after the history has settled, callbacks are not enough."""
    return not (lesson.strict and lesson.settled) or any(row.source != "callback" for row in rows)


def _guest(user_id: str, rows: Sequence[Evidence], staff: Mapping[str, str]) -> ExpectedPerson:
    """Return an unexpected person, with the name and role reported last."""
    ordered = sorted(rows, key=lambda row: (row.seen_at, row.nickname, row.role))
    nickname = next((row.nickname for row in reversed(ordered) if row.nickname), "")
    role = next((row.role for row in reversed(ordered) if row.role), "")
    return ExpectedPerson(user_id, staff.get(user_id, role), nickname)


def _result(
    person: ExpectedPerson,
    expected: bool,
    found: PresenceFindings,
    lesson: CalculationContext,
    leaves: Sequence[Interval],
) -> CalculatedMark:
    taught = lesson.times.taught
    whole = [taught] if taught else []
    known = intersection([stay.interval for stay in found.stays], whole)
    possible = union([*known, *found.unknown]) if found.unknown else known
    mark, rule = "", "guest" if not expected else "staff"
    if expected and person.role == STUDENT:
        mark, rule = _mark(known, possible, lesson)
    facts = _facts(rule, known, found, total_seconds(possible), lesson)
    if leave := _matching_leave(mark, rule, leaves, lesson):
        facts["leave"] = [*leave, mark]
        mark = "excused"
    seconds = total_seconds(known)
    stays = found.stays
    return CalculatedMark(
        user_id=person.user_id,
        nickname=person.nickname,
        role=person.role,
        expected=expected,
        mark=mark,
        first_entered_at=stays[0].start if stays else None,
        last_left_at=None if not stays or stays[-1].open else stays[-1].end,
        present_seconds=seconds,
        share=(Decimal(seconds) / total_seconds(whole)).quantize(SHARE_STEP, ROUND_DOWN) if taught else None,
        stays=stays,
        grade=_weakest_grade(found),
        facts=facts,
    )


def _weakest_grade(found: PresenceFindings) -> str:
    """Return the grade of the weakest evidence."""
    if found.unconfirmed:
        return UNCONFIRMED
    return min((stay.grade for stay in found.stays), key=GRADES.index, default="none")


def _matching_leave(
    mark: str, rule: str, leaves: Sequence[Interval], lesson: CalculationContext
) -> Interval | None:
    """Return the leave that excuses the mark: the one that covers most, if all together cover enough.

    Only the planned time counts: a lesson that overruns does not reach into leave for the next one.
    """
    if not leaves or mark not in EXCUSABLE or rule == "not_held":
        return None
    times, policy = lesson.times, lesson.policy
    if not policy.measures_leave:
        return _touching_leave(leaves, times)
    planned = [(times.planned_start, times.planned_end)]
    needed = min(60 * policy.leave_minutes, total_seconds(planned))
    covered = total_seconds(intersection(leaves, planned))
    # A lesson made outside the console may have no planned time, and then no leave covers it.
    if not covered or covered < needed:
        return None
    return max(leaves, key=lambda one: total_seconds(intersection([one], planned)))


def _touching_leave(leaves: Sequence[Interval], times: LessonTimes) -> Interval | None:
    """Return the first leave that overlaps the planned or taught time, which is how version 2 matches."""
    start, end = times.planned_start, times.planned_end
    if times.taught:
        start, end = min(start, times.taught[0]), max(end, times.taught[1])
    return next((one for one in leaves if one[0] < end and one[1] > start), None)


def _mark(
    known: Sequence[Interval], possible: Sequence[Interval], lesson: CalculationContext
) -> tuple[str, str]:
    """Return the mark and the rule that produced it."""
    if lesson.times.taught is None:
        ended = lesson.times.real_end is not None or lesson.times.now >= lesson.times.planned_end
        return "unknown", "not_held" if ended else "not_begun"
    at_worst = _mark_for_presence(known, lesson)
    at_best = at_worst if possible is known else _mark_for_presence(possible, lesson)
    return at_worst if at_worst[0] == at_best[0] else ("unknown", "no_data")


def _mark_for_presence(present: Sequence[Interval], lesson: CalculationContext) -> tuple[str, str]:
    """Return the mark for presence in exactly these parts of the time taught."""
    times, policy = lesson.times, lesson.policy
    assert times.taught is not None
    start, end = times.taught
    limit = times.late_limit(policy)
    if not present:
        return ("unknown", "waiting") if times.running and times.now <= limit else ("absent", "never_seen")
    late = present[0][0] > limit
    if times.running:
        return ("late" if late else "present"), "in_room"
    if total_seconds(present) * 100 < policy.present_share * (end - start):
        return "absent", "too_short"
    early = present[-1][1] < end - policy.early_leave_s
    if late and early:
        return "late_and_left_early", "share"
    return "late" if late else "left_early" if early else "present", "share"


def _facts(
    rule: str, known: Sequence[Interval], found: PresenceFindings, possible: int, lesson: CalculationContext
) -> dict[str, Any]:
    """Return the facts for the explanation; free of the current time once the lesson is over."""
    times, policy, taught = lesson.times, lesson.policy, lesson.times.taught
    facts: dict[str, Any] = {
        "v": FACTS_VERSION,
        "rule": rule,
        "running": times.running,
        "taught": list(taught) if taught else None,
        "late_limit": times.late_limit(policy),
        "leave_limit": taught[1] - policy.early_leave_s if taught and not times.running else None,
        "needs": policy.present_share,
        "seconds": total_seconds(known),
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
        "unknown": [list(interval) for interval in found.unknown],
        "unconfirmed": [list(interval) for interval in found.unconfirmed],
    }
    if found.credited:
        facts["credited"] = list(found.credited)
    return facts
