"""The stateful model: whatever people, others, faults and time do, in any order, the invariants hold.

An example is a pair of schools with some knobs of the service turned, and a history of steps drawn by lot.
It comes to rest at its end and wherever the history says so; then the invariants are asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from accounts.services import deactivate_person, new_token
from classes.kinds import ClassType
from classes.services import cancel_lesson, edit_lesson, start_lesson, stop_lesson
from console.mirror import registry
from console.outbox.states import State
from documents.services import delete_document
from tests.faults.model import invariants
from tests.faults.model.knobs import TURNS
from tests.faults.model.sides import Side, chosen
from tests.faults.model.stage import DEATHS, REST_S, STALL_S, Stage
from tests.support.sandbox import Sandbox

NAMES = ("I1", "I2", "I3", "I4", "I5")
LOT = st.integers(0, 2**16 - 1)
SIDE = st.integers(0, 1)
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_before"}, {"kind": "drop_after"}, {"kind": "cut"}, {"kind": "bad_json"}, {"kind": "busy"},
    {"kind": "html"}, {"kind": "html", "applied": True}, {"kind": "status", "status": 502},
    {"kind": "status", "status": 503, "applied": True}, {"kind": "drop_after", "times": 2},
    {"kind": "stall", "seconds": STALL_S}, {"kind": "stall", "seconds": STALL_S, "applied": True},
)  # fmt: skip
ENDPOINTS = (
    "*", "class/create", "document/add", "user/register", "class/modify", "member/add", "member/delete",
    "user/profile/modify", "class/delete", "class/start", "class/stop", "class/info", "class/list",
    "user/list", "user/token/update", "member/join", "member/quit", "member/visitor/join",
)  # fmt: skip

DOORS = {"enter": "member/join", "leave": "member/quit", "visit": "member/visitor/join"}
MAKERS = {"lesson": "class/create", "document": "document/add", "person": "user/register"}


@dataclass
class Report:
    """What a run came to; `breaches` by invariant."""

    examples: int = 0
    steps: int = 0
    turned: set[str] = field(default_factory=set)
    checks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    breaches: list[tuple[str, str]] = field(default_factory=list)
    accepted: int = 0
    waiting: int = 0
    refused: int = 0
    acknowledged: int = 0

    def ask(self, name: str, found: list[str]) -> None:
        self.checks[name] += 1
        if found:
            self.breaches.append((name, found[0]))
            raise AssertionError(f"{name}: {'; '.join(found[:3])}")


class Machine(RuleBasedStateMachine):
    """Rules name a side and a lot, by which a thing of it is meant; the name of a rule says what is done."""

    def __init__(self, service: Sandbox, report: Report, always: frozenset[str]) -> None:
        super().__init__()
        self.service, self.report, self.always = service, report, always
        self.stage: Stage | None = None
        self.well = True

    @initialize(knobs=st.lists(st.sampled_from(sorted(TURNS)), min_size=5, max_size=9, unique=True))
    def begin(self, knobs):
        # The lot may leave a knob out for many examples; each takes its turn besides.
        turn = sorted(TURNS)[self.report.examples % len(TURNS)]
        knobs = sorted(self.always.union(knobs, {turn}))
        self.stage = Stage(self.service, {name: TURNS[name] for name in knobs})
        self.report.examples += 1
        self.report.turned |= {*knobs, "sign_clock"}

    def teardown(self):
        if self.stage is None:
            return
        try:
            if self.well:
                self.at_the_end()
        finally:
            self.stage.close()

    def step(self, act: Callable[[], Any]) -> None:
        """One step; a history that failed is not judged again."""
        self.report.steps += 1
        self.well = False
        act()
        self.well = True

    # People here.

    @rule(side=SIDE, lot=LOT)
    def schedule(self, side, lot):
        self.wish(side, lambda one: one.schedule(lot))

    @rule(side=SIDE, lot=LOT)
    def edit_lesson(self, side, lot):
        def act(one: Side) -> None:
            if lesson := chosen(one.lessons(), lot):
                edit_lesson(lesson=lesson, by=one.admin, topic=one.name("E"))

        self.wish(side, act)

    @rule(side=SIDE, lot=LOT, people=LOT)
    def change_members(self, side, lot, people):
        def act(one: Side) -> None:
            if lesson := chosen(one.lessons(), lot):
                edit_lesson(
                    lesson=lesson,
                    by=one.admin,
                    students=one.some_students(people),
                    conflict_reason="On purpose.",
                )

        self.wish(side, act)

    @rule(side=SIDE, lot=LOT, what=st.sampled_from((cancel_lesson, start_lesson, stop_lesson)))
    def cancel_start_or_stop(self, side, lot, what):
        def act(one: Side) -> None:
            if lesson := chosen(one.lessons(), lot):
                what(lesson=lesson, by=one.admin)

        self.wish(side, act)

    @rule(side=SIDE, lot=LOT, what=st.sampled_from(("enter", "leave", "visit")), lost=st.booleans())
    def at_the_door(self, side, lot, what, lost):
        def act(one: Side) -> None:
            public = [lesson for lesson in one.lessons() if lesson.class_type == ClassType.PUBLIC]
            if lesson := chosen(public or one.lessons(), lot):
                if lost:
                    self.stage.arm(one, {"kind": "drop_after"}, DOORS[what])
                one.at_the_door(lesson, lot, what)

        self.wish(side, act)

    @rule(side=SIDE)
    def register(self, side):
        self.wish(side, Side.register)

    @rule(side=SIDE, lot=LOT, what=st.sampled_from(("edit", "deactivate", "token")))
    def change_person(self, side, lot, what):
        def act(one: Side) -> None:
            if person := chosen(one.people(), lot):
                if what == "edit":
                    one.edit_person(person)
                elif what == "token":
                    new_token(person=person, by=one.admin)
                else:
                    deactivate_person(person=person, by=one.admin)

        self.wish(side, act)

    @rule(side=SIDE, lot=LOT)
    def change_group(self, side, lot):
        self.wish(side, lambda one: one.group(lot))

    @rule(side=SIDE, lot=LOT)
    def add_document(self, side, lot):
        self.wish(side, lambda one: one.add(lot))

    @rule(side=SIDE, lot=LOT)
    def delete_document(self, side, lot):
        def act(one: Side) -> None:
            if card := chosen(one.documents(), lot):
                delete_document(document=card, by=one.admin)

        self.wish(side, act)

    @rule(side=SIDE)
    def change_school(self, side):
        self.wish(side, Side.rename_school)

    @rule(side=SIDE, lot=LOT, act=st.sampled_from(("push", "take", "ignore", "restore")))
    def decide(self, side, lot, act):
        self.step(lambda: self.stage.decide(self.stage.sides[side], act, lot))

    # Others there.

    @rule(side=SIDE, lot=LOT, what=st.sampled_from(("lesson", "person", "document")))
    def others_make(self, side, lot, what):
        makers = {
            "lesson": lambda one: one.lesson_there(lot),
            "person": Side.person_there,
            "document": Side.document_there,
        }
        self.others(side, makers[what])

    @rule(
        side=SIDE,
        lot=LOT,
        what=st.sampled_from(("class/modify", "class/start", "class/stop", "class/delete")),
    )
    def others_change_lesson(self, side, lot, what):
        def act(one: Side) -> None:
            if lesson := chosen(one.known_lessons(), lot):
                one.touch_lesson(
                    lesson, what, {"class_topic": one.name("Z")} if what == "class/modify" else {}
                )

        self.others(side, act)

    @rule(side=SIDE, lot=LOT, add=st.booleans())
    def others_change_members(self, side, lot, add):
        def act(one: Side) -> None:
            lesson, person = chosen(one.known_lessons(), lot), chosen(one.students(), lot // 7)
            if lesson and person and add:
                body = {"list": [{"role": "student", "user_id": person.user_id}]}
                one.touch_lesson(lesson, "member/add", body)
            elif lesson and person:
                one.touch_lesson(lesson, "member/delete", {"list": [person.user_id]})

        self.others(side, act)

    @rule(side=SIDE, lot=LOT, what=st.sampled_from(("person", "document", "school")))
    def others_change(self, side, lot, what):
        def act(one: Side) -> None:
            person, card = chosen([p for p in one.people() if p.remote_id], lot), chosen(_there(one), lot)
            if what == "school":
                one.touch_school()
            elif what == "person" and person:
                one.touch_person(person)
            elif what == "document" and card:
                one.touch_document(card)

        self.others(side, act)

    # Faults.

    @rule(side=SIDE, fault=st.sampled_from(FAULTS), match=st.sampled_from(ENDPOINTS))
    def fault(self, side, fault, match):
        self.step(lambda: self.stage.arm(self.stage.sides[side], fault, match))

    @rule(side=SIDE, lot=LOT, what=st.sampled_from(("lesson", "document", "person")))
    def answer_is_lost(self, side, lot, what):
        def act() -> None:
            one, endpoint = self.stage.sides[side], MAKERS[what]
            self.stage.arm(one, {"kind": "drop_after"}, endpoint)
            {"lesson": lambda: one.schedule(lot), "document": lambda: one.add(lot), "person": one.register}[
                what
            ]()
            self.stage.work()

        self.step(act)

    @rule(point=st.sampled_from(DEATHS))
    def worker_dies(self, point):
        self.step(lambda: self.stage.die(point))

    @rule(side=SIDE)
    def key_changes(self, side):
        self.step(lambda: self.stage.sides[side].change_key())

    @rule(side=SIDE)
    def key_is_entered(self, side):
        self.step(lambda: self.stage.sides[side].learn_key())

    # Machines and time.

    @rule()
    def work(self):
        self.step(lambda: self.stage.work())

    @rule()
    def poll(self):
        self.step(lambda: registry.poll())

    @rule(side=SIDE)
    def reconcile(self, side):
        def act() -> None:
            one = self.stage.sides[side]
            self.stage.cycle(one)
            self.stage.disarm()
            self.report.ask("I3", invariants.not_gone(one))
            self.report.ask("I2", invariants.marked(self.stage))

        self.step(act)

    @rule(seconds=st.sampled_from((1, 3, 10, 60, 900, 3600)))
    def time_passes(self, seconds):
        self.step(lambda: self.stage.move(seconds))

    # The post.

    @rule(side=SIDE, lot=LOT)
    def something_happens(self, side, lot):
        self.step(lambda: self.stage.sides[side].owe(lot))

    @rule(side=SIDE, lot=LOT, copies=st.integers(1, 3), away=st.booleans(), keep=st.booleans())
    def deliver(self, side, lot, copies, away, keep):
        one = self.stage.sides[side]
        if one.post:
            self.step(lambda: self.stage.deliver(one, lot, copies, away=away, keep=keep))

    @rule(side=SIDE, lot=LOT)
    def other_school_knocks(self, side, lot):
        """What one school may sign is brought to the address of the other."""
        one, other = self.stage.sides[side], self.stage.sides[1 - side]
        self.step(lambda: self.stage.knock(one, other, lot))

    # Judging.

    @rule()
    def settle(self):
        def act() -> None:
            self.stage.rest()
            self.judge()

        self.step(act)

    def judge(self) -> None:
        verdict = self.stage.oracle.judge()
        self.report.ask("I1", invariants.ended_once(verdict))
        self.report.ask("I2", invariants.meant(self.stage, verdict))
        self.report.ask("I5", invariants.apart(self.stage))
        for side in self.stage.sides:
            self.report.ask("I4", invariants.kept(side))

    def at_the_end(self) -> None:
        """What takes a cycle, and one more for what is gone."""
        self.well = False
        self.stage.rest()
        for side in self.stage.sides:
            for _ in list(side.post):
                self.stage.deliver(side, 0, 1)
            self.report.ask("I4", [f"an event is refused for ever: {one}" for one in side.post])
        self.stage.rest()
        self.judge()
        self.stage.move(REST_S)  # lists that lag have caught up
        for side in self.stage.sides:
            self.whole_cycle(side)
        self.stage.rest()
        for side in self.stage.sides:
            self.report.ask("I3", invariants.seen(side, gone=False))
            if invariants.seen(side, gone=True):
                self.whole_cycle(side)
                self.stage.rest()
                self.report.ask("I3", invariants.seen(side, gone=True))
        self.report.ask("I2", invariants.meant(self.stage, self.stage.oracle.judge(states=False)))
        for side in self.stage.sides:
            self.report.ask("I4", invariants.kept(side))
        operations = self.stage.oracle.operations()
        self.report.accepted += operations.count()
        self.report.refused += operations.filter(state=State.REFUSED).count()
        self.report.waiting += operations.filter(state=State.NEEDS_YOU).count()
        self.report.acknowledged += sum(sum(side.acknowledged.values()) for side in self.stage.sides)

    def whole_cycle(self, side: Side) -> None:
        reports = self.stage.cycle(side)
        assert all(one.complete for one in reports.values()), reports

    # How rules act.

    def wish(self, side: int, act: Callable[[Side], Any]) -> None:
        one = self.stage.sides[side]
        self.step(lambda: one.try_to(lambda: act(one)))

    def others(self, side: int, act: Callable[[Side], Any]) -> None:
        one = self.stage.sides[side]
        self.step(lambda: self.stage.outside(lambda: act(one)))


def _there(one: Side) -> list[Any]:
    return [card for card in one.documents() if card.remote_id]
