"""The stateful model: whatever people, others, faults and time do, in any order, the invariants hold.

An example is a pair of schools with some knobs of the service turned, and a history of steps drawn by lot.
It comes to rest at its end and wherever the history says so; then the invariants are asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from accounts.people.services import deactivate_person, renew_entry_token
from classes.choices import ClassType
from classes.lessons.services import cancel_lesson, edit_lesson, start_lesson, stop_lesson
from console.mirror import registry
from console.outbox.states import OperationState
from documents.services import delete_document
from tests.faults.model import invariants
from tests.faults.model.knob_values import ALTERNATIVE_VALUES
from tests.faults.model.model_school import ModelSchool, choose
from tests.faults.model.model_state import KILL_POINTS, REST_S, STALL_S, ModelState
from tests.support.sandbox import Sandbox

NAMES = ("I1", "I2", "I3", "I4", "I5")
CHOICE = st.integers(0, 2**16 - 1)
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

ENTRY_ENDPOINTS = {"enter": "member/join", "leave": "member/quit", "visit": "member/visitor/join"}
CREATE_ENDPOINTS = {"lesson": "class/create", "document": "document/add", "person": "user/register"}
FINAL_ACTS: dict[str, Callable[..., Any]] = {
    "cancel": cancel_lesson,
    "start": partial(start_lesson, confirmed=True),
    "stop": partial(stop_lesson, confirmed=True),
}


@dataclass
class ModelReport:
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


class ConsoleStateMachine(RuleBasedStateMachine):
    """Rules name a side and a lot, by which a thing of it is meant; the name of a rule says what is done."""

    def __init__(self, service: Sandbox, report: ModelReport, rounds: int = len(ALTERNATIVE_VALUES)) -> None:
        """All knobs take turns in so many examples."""
        super().__init__()
        self.service, self.report, self.rounds = service, report, rounds
        self.stage: ModelState | None = None
        self.well = True

    @initialize(
        knobs=st.lists(st.sampled_from(sorted(ALTERNATIVE_VALUES)), min_size=5, max_size=9, unique=True)
    )
    def begin(self, knobs):
        # The lot may leave a knob out for many examples; each takes its turn besides.
        turn = sorted(ALTERNATIVE_VALUES)[self.report.examples % self.rounds :: self.rounds]
        knobs = sorted({*knobs, *turn})
        self.stage = ModelState(self.service, {name: ALTERNATIVE_VALUES[name] for name in knobs})
        self.report.examples += 1
        self.report.turned |= {*knobs, "sign_clock"}

    def teardown(self):
        if self.stage is None:
            return
        try:
            if self.well:
                self.check_at_end()
        finally:
            self.stage.close()

    def step(self, act: Callable[[], Any]) -> None:
        """One step; a history that failed is not judged again."""
        self.report.steps += 1
        self.well = False
        act()
        self.well = True

    # People here.

    @rule(side=SIDE, lot=CHOICE)
    def schedule(self, side, lot):
        self.wish(side, lambda one: one.schedule(lot))

    @rule(side=SIDE, lot=CHOICE)
    def edit_lesson(self, side, lot):
        def act(one: ModelSchool) -> None:
            if lesson := choose(one.lessons(), lot):
                edit_lesson(lesson=lesson, by=one.admin, topic=one.name("E"))

        self.wish(side, act)

    @rule(side=SIDE, lot=CHOICE, people=CHOICE)
    def change_members(self, side, lot, people):
        def act(one: ModelSchool) -> None:
            if lesson := choose(one.lessons(), lot):
                edit_lesson(
                    lesson=lesson,
                    by=one.admin,
                    students=one.some_students(people),
                    conflict_reason="On purpose.",
                )

        self.wish(side, act)

    @rule(side=SIDE, lot=CHOICE, what=st.sampled_from(("cancel", "start", "stop")))
    def cancel_start_or_stop(self, side, lot, what):
        def act(one: ModelSchool) -> None:
            if lesson := choose(one.lessons(), lot):
                FINAL_ACTS[what](lesson=lesson, by=one.admin)

        self.wish(side, act)

    @rule(side=SIDE, lot=CHOICE, what=st.sampled_from(("enter", "leave", "visit")), lost=st.booleans())
    def perform_entry(self, side, lot, what, lost):
        def act(one: ModelSchool) -> None:
            public = [lesson for lesson in one.lessons() if lesson.class_type == ClassType.PUBLIC]
            if lesson := choose(public or one.lessons(), lot):
                if lost:
                    self.stage.arm(one, {"kind": "drop_after"}, ENTRY_ENDPOINTS[what])
                one.perform_entry(lesson, lot, what)

        self.wish(side, act)

    @rule(side=SIDE)
    def register(self, side):
        self.wish(side, ModelSchool.register)

    @rule(side=SIDE, lot=CHOICE, what=st.sampled_from(("edit", "deactivate", "token")))
    def change_person(self, side, lot, what):
        def act(one: ModelSchool) -> None:
            if person := choose(one.people(), lot):
                if what == "edit":
                    one.edit_person(person)
                elif what == "token":
                    renew_entry_token(person=person, by=one.admin)
                else:
                    deactivate_person(person=person, by=one.admin)

        self.wish(side, act)

    @rule(side=SIDE, lot=CHOICE)
    def change_group(self, side, lot):
        self.wish(side, lambda one: one.group(lot))

    @rule(side=SIDE, lot=CHOICE)
    def add_document(self, side, lot):
        self.wish(side, lambda one: one.add(lot))

    @rule(side=SIDE, lot=CHOICE)
    def delete_document(self, side, lot):
        def act(one: ModelSchool) -> None:
            if card := choose(one.documents(), lot):
                delete_document(document=card, by=one.admin)

        self.wish(side, act)

    @rule(side=SIDE)
    def change_school(self, side):
        self.wish(side, ModelSchool.rename_school)

    @rule(side=SIDE, lot=CHOICE, act=st.sampled_from(("push", "take", "ignore", "restore")))
    def decide(self, side, lot, act):
        self.step(lambda: self.stage.decide(self.stage.sides[side], act, lot))

    # Others there.

    @rule(side=SIDE, lot=CHOICE, what=st.sampled_from(("lesson", "person", "document")))
    def create_remotely(self, side, lot, what):
        makers = {
            "lesson": lambda one: one.create_lesson_remotely(lot),
            "person": ModelSchool.create_person_remotely,
            "document": ModelSchool.create_document_remotely,
        }
        self.others(side, makers[what])

    @rule(
        side=SIDE,
        lot=CHOICE,
        what=st.sampled_from(("class/modify", "class/start", "class/stop", "class/delete")),
    )
    def change_lesson_by_others(self, side, lot, what):
        def act(one: ModelSchool) -> None:
            if lesson := choose(one.known_lessons(), lot):
                one.change_lesson_remotely(
                    lesson, what, {"class_topic": one.name("Z")} if what == "class/modify" else {}
                )

        self.others(side, act)

    @rule(side=SIDE, lot=CHOICE, add=st.booleans())
    def change_members_by_others(self, side, lot, add):
        def act(one: ModelSchool) -> None:
            lesson, person = choose(one.known_lessons(), lot), choose(one.students(), lot // 7)
            if lesson and person and add:
                body = {"list": [{"role": "student", "user_id": person.user_id}]}
                one.change_lesson_remotely(lesson, "member/add", body)
            elif lesson and person:
                one.change_lesson_remotely(lesson, "member/delete", {"list": [person.user_id]})

        self.others(side, act)

    @rule(side=SIDE, lot=CHOICE, what=st.sampled_from(("person", "document", "school")))
    def change_remotely(self, side, lot, what):
        def act(one: ModelSchool) -> None:
            person, card = choose([p for p in one.people() if p.remote_id], lot), choose(_there(one), lot)
            if what == "school":
                one.change_school_remotely()
            elif what == "person" and person:
                one.change_person_remotely(person)
            elif what == "document" and card:
                one.change_document_remotely(card)

        self.others(side, act)

    # Faults.

    @rule(side=SIDE, fault=st.sampled_from(FAULTS), match=st.sampled_from(ENDPOINTS))
    def fault(self, side, fault, match):
        self.step(lambda: self.stage.arm(self.stage.sides[side], fault, match))

    @rule(side=SIDE, lot=CHOICE, what=st.sampled_from(("lesson", "document", "person")))
    def lose_answer(self, side, lot, what):
        def act() -> None:
            one, endpoint = self.stage.sides[side], CREATE_ENDPOINTS[what]
            self.stage.arm(one, {"kind": "drop_after"}, endpoint)
            {"lesson": lambda: one.schedule(lot), "document": lambda: one.add(lot), "person": one.register}[
                what
            ]()
            self.stage.work()

        self.step(act)

    @rule(point=st.sampled_from(KILL_POINTS))
    def kill_worker(self, point):
        self.step(lambda: self.stage.die(point))

    @rule(side=SIDE)
    def replace_key(self, side):
        self.step(lambda: self.stage.sides[side].replace_remote_key())

    @rule(side=SIDE)
    def enter_key(self, side):
        self.step(lambda: self.stage.sides[side].enter_new_key())

    # Machines and time.

    @rule()
    def work(self):
        self.step(lambda: self.stage.work())

    @rule()
    def poll(self):
        self.step(lambda: registry.poll_due_rows())

    @rule(side=SIDE)
    def reconcile(self, side):
        def act() -> None:
            one = self.stage.sides[side]
            self.stage.cycle(one)
            self.stage.disarm()
            self.report.ask("I3", invariants.check_not_gone(one))
            self.report.ask("I2", invariants.check_marked(self.stage))

        self.step(act)

    @rule(seconds=st.sampled_from((1, 3, 10, 60, 900, 3600)))
    def advance_time(self, seconds):
        self.step(lambda: self.stage.move(seconds))

    # The post.

    @rule(side=SIDE, lot=CHOICE)
    def queue_callback(self, side, lot):
        self.step(lambda: self.stage.sides[side].owe(lot))

    @rule(side=SIDE, lot=CHOICE, copies=st.integers(1, 3), away=st.booleans(), keep=st.booleans())
    def deliver(self, side, lot, copies, away, keep):
        one = self.stage.sides[side]
        if one.post:
            self.step(lambda: self.stage.deliver(one, lot, copies, away=away, keep=keep))

    @rule(side=SIDE, lot=CHOICE)
    def deliver_to_other_school(self, side, lot):
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
        self.report.ask("I1", invariants.check_ended_once(verdict))
        self.report.ask("I2", invariants.check_intended_effects(self.stage, verdict))
        self.report.ask("I5", invariants.check_schools_separate(self.stage))
        for side in self.stage.sides:
            self.report.ask("I4", invariants.check_callbacks_kept(side))

    def check_at_end(self) -> None:
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
            self.check_after_full_cycle(side)
        self.stage.rest()
        for side in self.stage.sides:
            self.report.ask("I3", invariants.check_mirrored(side, gone=False))
            if invariants.check_mirrored(side, gone=True):
                self.check_after_full_cycle(side)
                self.stage.rest()
                self.report.ask("I3", invariants.check_mirrored(side, gone=True))
        self.report.ask(
            "I2", invariants.check_intended_effects(self.stage, self.stage.oracle.judge(states=False))
        )
        for side in self.stage.sides:
            self.report.ask("I4", invariants.check_callbacks_kept(side))
        operations = self.stage.oracle.operations()
        self.report.accepted += operations.count()
        self.report.refused += operations.filter(state=OperationState.REFUSED).count()
        self.report.waiting += operations.filter(state=OperationState.NEEDS_YOU).count()
        self.report.acknowledged += sum(sum(side.acknowledged.values()) for side in self.stage.sides)

    def check_after_full_cycle(self, side: ModelSchool) -> None:
        reports = self.stage.cycle(side)
        assert all(one.complete for one in reports.values()), reports

    # How rules act.

    def wish(self, side: int, act: Callable[[ModelSchool], Any]) -> None:
        one = self.stage.sides[side]
        self.step(lambda: one.attempt_command(lambda: act(one)))

    def others(self, side: int, act: Callable[[ModelSchool], Any]) -> None:
        one = self.stage.sides[side]
        self.step(lambda: self.stage.outside(lambda: act(one)))


def _there(one: ModelSchool) -> list[Any]:
    return [card for card in one.documents() if card.remote_id]
