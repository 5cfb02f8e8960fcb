"""What the reckoning takes and gives. Times are whole unix seconds; no Django here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from classes.attendance.spans import Stretch

# How far apart two accounts of one moment may be: our clock against the service's.
AGREE_S = 5
#: The version of the keys that `Reckoned.facts` has; rows with older facts are reckoned anew.
FACTS_VERSION = 2
# How many polls may be missing before a person's absence from them says nothing.
POLLS_OF_TRUST = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation, with `source` one of poll, history, callback, tick, count, failed, late.

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
class Person:
    """Somebody who is expected; `role` is the one in this lesson."""

    user_id: str
    role: str
    nickname: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The school's rules. `poll_s` is the longest usual time between two polls."""

    late_after_s: int = 300
    early_leave_s: int = 300
    present_share: int = 50
    poll_s: int = 20

    @property
    def trust_s(self) -> int:
        """How long a poll speaks for the time after it."""
        return POLLS_OF_TRUST * self.poll_s


@dataclass(frozen=True, slots=True)
class Times:
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
    def taught(self) -> Stretch | None:
        """The time really taught, until `now` while it runs; None where nothing was.

        The service has been seen to tell an end before the start; then the planned end is taken.
        """
        if self.real_start is None:
            return None
        end = self.now if self.real_end is None else self.real_end
        if self.real_end is not None and end <= self.real_start:
            end = self.planned_end
        return (self.real_start, end) if end > self.real_start else None

    def late_limit(self, policy: Policy) -> int:
        """Who comes by then is not late: nobody is, where the teacher began late."""
        return max(self.planned_start, self.real_start or 0) + policy.late_after_s


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of presence and who says so.

    `started_by` and `ended_by` are the sources that tell the second; an empty one means that the second
    is inferred from between two polls. An `open` span has not ended; its `end` is how far it is known.
    """

    start: int
    end: int
    started_by: frozenset[str]
    ended_by: frozenset[str]
    sources: frozenset[str]
    open: bool = False

    @property
    def stretch(self) -> Stretch:
        return self.start, self.end

    @property
    def grade(self) -> str:
        """How good the evidence is: two_sources, one_source or inferred."""
        if not self.started_by or not (self.ended_by or self.open):
            return "inferred"
        twice = len(self.started_by) > 1 and (self.open or len(self.ended_by) > 1)
        return "two_sources" if twice else "one_source"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The result for one person.

    `mark` is empty for who is not a student of the lesson. `stays` are whole, while `present_seconds`
    and `share` (0 to 1 of the time taught, None where nothing was taught) count only that time.
    `last_left_at` is None while the person is in the room. `facts` can be written as JSON.
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
    stays: tuple[Span, ...]
    grade: str
    facts: dict[str, Any] = field(default_factory=dict)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Overlapping and touching spans as one each, in order."""
    stays: list[Span] = []
    group: list[Span] = []
    for span in sorted(spans, key=lambda span: span.stretch):
        if group and span.start > max(other.end for other in group):
            stays.append(_one(group))
            group = []
        group.append(span)
    return [*stays, _one(group)] if group else stays


def _one(group: list[Span]) -> Span:
    if len(group) == 1:
        return group[0]
    start, end = min(span.start for span in group), max(span.end for span in group)
    last = [span for span in group if span.end == end]
    exact = any(span.ended_by for span in last)
    return Span(
        start,
        end,
        frozenset[str]().union(*(span.started_by for span in group if span.start <= start + AGREE_S)),
        frozenset[str]().union(*(span.ended_by for span in group if exact and span.end >= end - AGREE_S)),
        frozenset[str]().union(*(span.sources for span in group)),
        any(span.open for span in last),
    )
