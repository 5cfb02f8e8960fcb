"""The plan of an absence: each lesson that it touches with its cover, or who is proposed and who is free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from classes.models import Cover, Lesson, TeacherAbsence
from classes.timetable.bulk.services import locked_reason
from classes.timetable.cover.candidates import find_busy, load_candidates, load_related
from classes.timetable.cover.proposals import (
    ASSISTS,
    SAME_COURSE,
    SAME_GROUP,
    SAME_SUBJECT,
    Candidate,
    OpenLesson,
    propose,
    rank,
)
from classes.timetable.cover.queries import CoverPeriod, current_covers

#: Free people who are offered for each lesson, and people who are named as not free; the best first.
MAX_OFFERED, MAX_BUSY = 20, 10
RELATION_LABELS: dict[str, Promise] = {
    ASSISTS: _("assists in this lesson"),
    SAME_COURSE: _("same course"),
    SAME_SUBJECT: _("same subject"),
    SAME_GROUP: _("same group"),
}


@dataclass(frozen=True)
class Option:
    """A person for a lesson: `relation` is how they are related to it, `reason` why they are not free.

    `covers_text` says how many lessons a free person covers this term.
    """

    candidate: Candidate
    relation: str | Promise = ""
    reason: str = ""
    covers_text: str = ""


@dataclass
class PlanRow:
    """A lesson. `locked` is why it cannot change; without it and without a cover it needs one.

    `proposal` is the user id of the proposed teacher, empty if no teacher is free. `more_free` and
    `more_busy` count the people who are not listed.
    """

    lesson: Lesson
    locked: str = ""
    cover: Cover | None = None
    proposal: str = ""
    free: list[Option] = field(default_factory=list)
    busy: list[Option] = field(default_factory=list)
    more_free: int = 0
    more_busy: int = 0

    @property
    def groups(self) -> list[str]:
        """The names of the groups of the lesson."""
        return [group.name for group in self.lesson.groups.all()]

    @property
    def more_free_text(self) -> str:
        return ngettext(
            "%(n)s more person is free. To choose them, edit the lesson.",
            "%(n)s more people are free. To choose one of them, edit the lesson.",
            self.more_free,
        ) % {"n": self.more_free}

    @property
    def more_busy_text(self) -> str:
        return ngettext("and %(n)s more", "and %(n)s more", self.more_busy) % {"n": self.more_busy}

    @property
    def is_open(self) -> bool:
        return not self.locked and self.cover is None


def build_plan(absence: TeacherAbsence, lessons: Sequence[Lesson], period: CoverPeriod) -> list[PlanRow]:
    """Return a row for each lesson, in their order. The groups of the lessons are prefetched.

    A lesson that another teacher got by an ordinary edit needs no cover; it is not in the plan.
    """
    covers, now = current_covers(lessons), timezone.now()
    rows = []
    for one in lessons:
        locked = locked_reason(one, now)
        cover = covers.get(one.pk)
        if cover is not None and cover.covering_id == absence.teacher_id:
            cover = None  # the covering teacher is absent now
        if locked or cover or one.teacher_id == absence.teacher_id:
            rows.append(PlanRow(one, locked, cover))
    open_rows = [row for row in rows if row.is_open]
    if open_rows and absence.withdrawn_at is None:
        _offer(absence, open_rows, period)
    return rows


def _offer(absence: TeacherAbsence, rows: Sequence[PlanRow], period: CoverPeriod) -> None:
    """Set the proposal, the free people and those who are not free."""
    lessons = [row.lesson for row in rows]
    related = load_related(lessons, period)
    open_lessons = [OpenLesson(one.pk, one.starts_at, one.ends_at, related[one.pk]) for one in lessons]
    candidates = load_candidates(absence, period)
    busy = find_busy(absence.enterprise, open_lessons, candidates)
    proposals = propose(open_lessons, candidates, busy)
    # The same people stand in the list of each lesson.
    texts = {number: _covers_text(number) for number in {one.covers for one in candidates}}
    for row in rows:
        pk = row.lesson.pk
        proposal = proposals.get(pk)
        row.proposal = proposal.user_id if proposal else ""
        free = [one for one in candidates if one.pk not in busy[pk] and one != proposal]
        offered = [*([proposal] if proposal else []), *rank(free, related[pk], most=MAX_OFFERED)]
        row.free = [_option(one, related[pk], covers_text=texts[one.covers]) for one in offered[:MAX_OFFERED]]
        not_free = [one for one in candidates if one.pk in busy[pk]]
        row.more_free = len(candidates) - len(not_free) - len(row.free)
        taken = rank(not_free, related[pk], most=MAX_BUSY)
        row.busy = [_option(one, related[pk], reason=_reason(busy[pk][one.pk])) for one in taken]
        row.more_busy = len(not_free) - len(row.busy)


def _reason(topic: str | None) -> str:
    return gettext("is absent") if topic is None else gettext("has “%(topic)s”") % {"topic": topic}


def _covers_text(number: int) -> str:
    return ngettext("%(n)s cover", "%(n)s covers", number) % {"n": number}


def _option(candidate: Candidate, related: Mapping[int, str], **texts: str) -> Option:
    relation = RELATION_LABELS[related[candidate.pk]] if candidate.pk in related else ""
    return Option(candidate, relation, **texts)
