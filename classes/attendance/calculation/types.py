"""Input and output types of the calculation. Times are whole unix seconds; no Django here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from classes.attendance.calculation.intervals import Interval

# Tolerance between our clock and the clock of the API, in seconds.
CLOCK_TOLERANCE_S = 5
#: Version of the keys of `CalculatedMark.facts`; rows with older facts are recalculated.
FACTS_VERSION = 3
#: Version of the rules that weigh evidence (classes/attendance/calculation/confirmation.py) and leave. It is
#: frozen with the policy of a lesson, so that an upgrade changes no final mark.
RULES_VERSION = 3
# A poll is valid for this many poll intervals.
MAX_MISSED_POLLS = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation; `source` is poll, history, callback, tick, count, failed or late.

    `seen_at` may have a fraction, which keeps the polls of one second in order.
    """

    source: str
    seen_at: float
    user_id: str = ""
    nickname: str = ""
    role: str = ""
    present: bool | None = None
    entered_at: int | None = None
    left_at: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedPerson:
    """An expected person; `role` is their role in this lesson."""

    user_id: str
    role: str
    nickname: str = ""


@dataclass(frozen=True, slots=True)
class AttendancePolicy:
    """The rules of the school. `poll_s` is the longest regular time between two polls.

    `leave_minutes` is how much of the planned time leave must cover to excuse. `version` is that of the
    weighing rules; 1 takes history and callbacks at face value, and up to 2 leave excuses wherever it touches
    the planned or the taught time.
    """

    late_after_s: int = 300
    early_leave_s: int = 300
    present_share: int = 50
    leave_minutes: int = 1
    poll_s: int = 20
    version: int = RULES_VERSION

    @property
    def poll_validity_s(self) -> int:
        """How long a poll is valid, in seconds."""
        return MAX_MISSED_POLLS * self.poll_s

    @property
    def measures_leave(self) -> bool:
        """Whether leave is measured by `leave_minutes`."""
        return self.version > 2


@dataclass(frozen=True, slots=True)
class LessonTimes:
    """Planned and real times of the lesson, seen from `now`."""

    planned_start: int
    planned_end: int
    real_start: int | None
    real_end: int | None
    now: int

    @property
    def running(self) -> bool:
        return self.real_start is not None and self.real_end is None

    @property
    def taught(self) -> Interval | None:
        """The time really taught, until `now` while the lesson runs; None if there was none.

        The API sometimes reports an end before the start; then the planned end is used.
        """
        if self.real_start is None:
            return None
        end = self.now if self.real_end is None else self.real_end
        if self.real_end is not None and end <= self.real_start:
            end = self.planned_end
        return (self.real_start, end) if end > self.real_start else None

    def late_limit(self, policy: AttendancePolicy) -> int:
        """Return the last moment at which nobody is late; it counts from the real start if that was later."""
        return max(self.planned_start, self.real_start or 0) + policy.late_after_s


@dataclass(frozen=True, slots=True)
class PresenceSpan:
    """An interval of presence and its sources.

    `started_by` and `ended_by` are the sources that report the second; an empty set means that the second is
    inferred from two polls. An `open` span has not ended; its `end` is the last known moment.
    """

    start: int
    end: int
    started_by: frozenset[str]
    ended_by: frozenset[str]
    sources: frozenset[str]
    open: bool = False

    @property
    def interval(self) -> Interval:
        return self.start, self.end

    @property
    def grade(self) -> str:
        """The grade of the evidence: two_sources, one_source or inferred."""
        if not self.started_by or not (self.ended_by or self.open):
            return "inferred"
        twice = len(self.started_by) > 1 and (self.open or len(self.ended_by) > 1)
        return "two_sources" if twice else "one_source"


@dataclass(frozen=True, slots=True)
class CalculatedMark:
    """The result for one person.

    `mark` is empty for anybody who is not a student of the lesson. `stays` are complete, while
    `present_seconds` and `share` (0 to 1; None if nothing was taught) count only the time taught.
    `last_left_at` is None while the person is in the room. `facts` is JSON serializable.
    """

    user_id: str
    nickname: str
    role: str
    expected: bool
    mark: str
    first_entered_at: int | None
    last_left_at: int | None
    present_seconds: int
    share: Decimal | None
    stays: tuple[PresenceSpan, ...]
    grade: str
    facts: dict[str, Any] = field(default_factory=dict)


def merge_spans(spans: Iterable[PresenceSpan]) -> list[PresenceSpan]:
    """Merge overlapping and touching spans; return them in order."""
    stays: list[PresenceSpan] = []
    group: list[PresenceSpan] = []
    for span in sorted(spans, key=lambda span: span.interval):
        if group and span.start > max(other.end for other in group):
            stays.append(_merge_group(group))
            group = []
        group.append(span)
    return [*stays, _merge_group(group)] if group else stays


def _merge_group(group: list[PresenceSpan]) -> PresenceSpan:
    if len(group) == 1:
        return group[0]
    start, end = min(span.start for span in group), max(span.end for span in group)
    last = [span for span in group if span.end == end]
    exact = any(span.ended_by for span in last)
    return PresenceSpan(
        start,
        end,
        frozenset[str]().union(
            *(span.started_by for span in group if span.start <= start + CLOCK_TOLERANCE_S)
        ),
        frozenset[str]().union(
            *(span.ended_by for span in group if exact and span.end >= end - CLOCK_TOLERANCE_S)
        ),
        frozenset[str]().union(*(span.sources for span in group)),
        any(span.open for span in last),
    )
