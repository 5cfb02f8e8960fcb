"""Lessons in which it is known who was really there, and the evidence that they leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from classes.attendance.calculation.calculate import calculate
from classes.attendance.calculation.types import (
    AttendancePolicy,
    CalculatedMark,
    Evidence,
    ExpectedPerson,
    LessonTimes,
)

MIDNIGHT = 1_790_006_400  # 2026-09-22, 00:00 in Shanghai
ANN = ExpectedPerson("s-ann", "student", "Ann")
BOB = ExpectedPerson("t-bob", "teacher", "Bob")
END_OF_TIME = 10**10


def at(clock: str) -> int:
    """The second at which the clock of the school shows `8:03` or `8:03:10`."""
    hours, minutes, seconds = ([int(part) for part in clock.split(":")] + [0])[:3]
    return MIDNIGHT + 3600 * hours + 60 * minutes + seconds


@dataclass(frozen=True)
class SimulatedLesson:
    """A lesson of 8:00 to 8:45, polled every 20 seconds, in which `visits` really happened.

    A visit is (entry, exit); None as exit: still there. `down` are the stretches in which polls fail,
    `blind` those in which there is none; `sparse` asks quiet rooms for their number alone. `history` is one
    line a `stay`, one a `user`, or missing.
    """

    visits: dict[str, list[tuple[int, int | None]]] = field(default_factory=dict)
    planned: tuple[int, int] = (at("8:00"), at("8:45"))
    real_start: int | None = at("8:00")
    real_end: int | None = at("8:45")
    now: int = at("9:00")
    every: int = 20
    first_poll: int = at("7:50")
    down: Sequence[tuple[int, int]] = ()
    blind: Sequence[tuple[int, int]] = ()
    sparse: bool = False
    history: str = ""
    settled: bool = False
    called_back: frozenset[int] = frozenset()
    policy: AttendancePolicy = AttendancePolicy()
    people: tuple[ExpectedPerson, ...] = (ANN,)
    roles: dict[str, str] = field(default_factory=dict)
    extra: tuple[Evidence, ...] = ()

    @property
    def times(self) -> LessonTimes:
        return LessonTimes(*self.planned, self.real_start, self.real_end, self.now)

    def evidence(self) -> list[Evidence]:
        return [*self.polls(), *self.history_lines(), *self.callbacks(), *self.extra]

    def polls(self) -> Iterable[Evidence]:
        """Rows for changes alone, as the console writes them; a tick where nothing changed."""
        last: dict[str, int] = {}
        quiet, counted = False, 0
        stop = min(self.now, self.real_end or self.now)
        for moment in range(self.first_poll, stop + 1, self.every):
            if _within(moment, self.blind):
                continue
            if _within(moment, self.down):
                yield Evidence("failed", moment)
                quiet = False
                continue
            there = {
                user: entry
                for user, visits in self.visits.items()
                for entry, exit_ in visits
                if entry <= moment < (exit_ or END_OF_TIME)
            }
            if self.sparse and quiet and counted < 2 and len(there) == len(last):
                counted += 1
                yield Evidence("count", moment)
                continue
            rows = [
                self._seen(user, moment, there.get(user))
                for user in sorted({*there, *last})
                if there.get(user) != last.get(user)
            ]
            yield from rows or [Evidence("tick", moment)]
            last, quiet, counted = there, not rows, 0

    def _seen(self, user: str, moment: int, entry: int | None) -> Evidence:
        return Evidence(
            "poll", moment, user, f"name of {user}", self.roles.get(user, ""), entry is not None, entry
        )

    def history_lines(self) -> Iterable[Evidence]:
        read = min(self.now, (self.real_end or self.now) + 60)
        for user, visits in self.visits.items():
            lines = [
                (entry, exit_ if exit_ and exit_ <= read else None)
                for entry, exit_ in visits
                if entry <= read
            ]
            if self.history == "user" and lines:
                exits = [exit_ for _, exit_ in lines]
                lines = [(lines[0][0], None if None in exits else max(filter(None, exits)))]
            for entry, exit_ in lines if self.history else []:
                yield Evidence("history", read, user, entered_at=entry, left_at=exit_)

    def callbacks(self) -> Iterable[Evidence]:
        """The n-th entry or exit of the lesson, where `called_back` holds n; the others are lost."""
        place = 0
        for user, visits in self.visits.items():
            for entry, exit_ in visits:
                for moment, present in ((entry, True), (exit_, False)):
                    if place in self.called_back and moment and moment <= self.now:
                        times = {"entered_at" if present else "left_at": moment}
                        yield Evidence("callback", moment + 1, user, present=present, **times)
                    place += 1

    def reckon(self, evidence: Iterable[Evidence] | None = None) -> dict[str, CalculatedMark]:
        found = calculate(
            self.evidence() if evidence is None else evidence,
            self.people,
            teacher=BOB,
            times=self.times,
            policy=self.policy,
            history_settled=self.settled,
        )
        return {one.user_id: one for one in found}

    def but(self, **changes: object) -> "SimulatedLesson":
        return replace(self, **changes)  # type: ignore[arg-type]


def _within(moment: int, stretches: Iterable[tuple[int, int]]) -> bool:
    return any(start <= moment < end for start, end in stretches)


def lesson_with_ann(*visits: tuple[str, str] | tuple[str, None], **how: object) -> SimulatedLesson:
    """A world in which Ann, who is expected, came and went at these times."""
    stays = [(at(entry), at(exit_) if exit_ else None) for entry, exit_ in visits]
    return SimulatedLesson({"s-ann": stays}).but(**how)


def mark_of(world: SimulatedLesson) -> CalculatedMark:
    return world.reckon()["s-ann"]
