"""Who should cover which lesson: a pure function of who is free and how often each covered.

The order of candidates: teachers before other staff, then those who are closest to the lesson (RELATIONS),
then those with the fewest covers, then by name. Only teachers are proposed; others may be chosen.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest
from typing import NamedTuple

#: How somebody is related to a lesson: they assist in it, or teach the same course, subject or group.
ASSISTS, SAME_COURSE, SAME_SUBJECT, SAME_GROUP = "assists", "course", "subject", "group"
#: The closest first. Of several that apply to somebody, the first one counts.
RELATIONS = (ASSISTS, SAME_COURSE, SAME_SUBJECT, SAME_GROUP)


class Candidate(NamedTuple):
    """A person who may cover. `covers` is how many lessons they cover this term."""

    pk: int
    user_id: str
    name: str
    is_teacher: bool
    covers: int


@dataclass(frozen=True)
class OpenLesson:
    """A lesson that needs cover. `related` maps people (pks) to one of RELATIONS."""

    pk: int
    starts_at: datetime
    ends_at: datetime
    related: Mapping[int, str] = field(default_factory=dict)

    def overlaps(self, other: "OpenLesson") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def rank(
    candidates: Iterable[Candidate],
    related: Mapping[int, str],
    proposed: Mapping[int, int] | None = None,
    *,
    most: int,
) -> list[Candidate]:
    """Return the best candidates, at most so many. `candidates` are ordered by name.

    `proposed` is how many lessons each gets already; they count like covers.
    """
    more = proposed or {}
    return nsmallest(
        most,
        candidates,
        key=lambda one: (
            not one.is_teacher,
            distance(related.get(one.pk)),
            one.covers + more.get(one.pk, 0),
        ),
    )


def distance(relation: str | None) -> int:
    """Return the place of a relation among RELATIONS; nobody is farther away than who has none."""
    return len(RELATIONS) if relation is None else RELATIONS.index(relation)


def propose(
    lessons: Sequence[OpenLesson],
    candidates: Sequence[Candidate],
    busy: Mapping[int, Collection[int]],
) -> dict[int, Candidate]:
    """Map lessons (by pk) to the proposed teacher; a lesson is missing if no teacher is free.

    `busy` maps each lesson to the people who cannot teach it. Each proposal counts for the next ones, so the
    lessons of a day are shared; nobody is proposed for two lessons at the same time.
    """
    found: dict[int, Candidate] = {}
    proposed: Counter[int] = Counter()
    taken: list[tuple[int, OpenLesson]] = []
    teachers = [one for one in candidates if one.is_teacher]
    for lesson in sorted(lessons, key=lambda one: (one.starts_at, one.pk)):
        blocked = {pk for pk, other in taken if other.overlaps(lesson)} | set(busy.get(lesson.pk, ()))
        free = [one for one in teachers if one.pk not in blocked]
        if not free:
            continue
        best = rank(free, lesson.related, proposed, most=1)[0]
        found[lesson.pk] = best
        proposed[best.pk] += 1
        taken.append((best.pk, lesson))
    return found
