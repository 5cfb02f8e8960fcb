"""For each defence of the outbox: its goal in small holds, and without that one defence it fails."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.people.services import edit_person
from accounts.school.services import edit_school
from classes.lessons.services import start_lesson, stop_lesson
from console.outbox import relay
from console.outbox.models import Operation
from tests.faults.goals import sabotage, without_goal_lines
from tests.faults.intents import BY_ENDPOINT, IntentContext, wait_until_settled
from tests.faults.oracle import Oracle
from tests.faults.outbox_work import drain_due_operations, drain_outbox
from tests.faults.processes import DRAIN, ForkRunner
from tests.faults.test_kill import check_kills
from tests.faults.test_pause import check_pauses
from tests.faults.time_shift import advance_one_hour
from tests.support.cast import TIC_KEY
from tests.support.iclass_service import effects_of
from tests.support.sandbox import Sandbox

Check = Callable[[IntentContext, ForkRunner, Sandbox], None]


def killed(point: str, *endpoints: str) -> Check:
    def check(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
        pairs = [(point, BY_ENDPOINT[endpoint]) for endpoint in endpoints]
        check_kills(pairs, world, forge, Oracle(iclass), patience=1.0)

    return check


def paused(point: str, *endpoints: str) -> Check:
    def check(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
        check_pauses([(point, BY_ENDPOINT[endpoint]) for endpoint in endpoints], world, forge, Oracle(iclass))

    return check


def lagging_list(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
    """A lost answer to a create, while the list is an hour behind; a look waits for two."""
    oracle = Oracle(iclass)
    iclass.control("knobs", {"list_lag_s": 3600})
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create", "times": 1}})
    world.lesson()
    try:
        drain_due_operations()
        iclass.control("clock", {"move": 2 * 3600})
        for _ in range(2):
            advance_one_hour()
        drain_outbox()
    finally:
        iclass.control("knobs", {"list_lag_s": None})
        iclass.control("clock", {"reset": True})
    oracle.judge().hold()


def twins(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
    """Two lessons alike in all that tells them apart; the second one's worker dies before it sends."""
    oracle = Oracle(iclass)
    first = wait_until_settled(world.lesson())
    second = world.lesson(topic=first.topic, starts_at=first.starts_at, ends_at=first.ends_at)
    forge.killed(DRAIN, at="outbox.claimed")
    drain_outbox()
    second.refresh_from_db()
    assert second.remote_id not in ("", first.remote_id), "the second lesson has no class of its own"
    oracle.judge().hold()


def start_then_stop(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
    """A stop is wished while a worker is slow with the start."""
    lesson = wait_until_settled(world.lesson())
    start_lesson(lesson=lesson, by=world.by, confirmed=True)
    slow = forge.start(DRAIN, faults={"outbox.claimed": "stop@1"})
    assert slow.stopped()
    stop_lesson(lesson=lesson, by=world.by)
    relay.drain()
    slow.resume()
    slow.ended()
    drain_outbox()
    told = iclass.call("class/info", {"class_id": lesson.class_id})
    assert told["class_status"] == "end", f"the last wish was a stop, the class is {told['class_status']}"


def lesson_of_newcomers(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
    """A lesson whose student is being registered in the same minute."""
    oracle = Oracle(iclass)
    world.lesson(students=[world.person()])
    drain_outbox()
    verdict = oracle.judge()
    verdict.hold()
    assert not verdict.refused, "the lesson was refused: its student was not there yet"


def refused_key(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
    """Twenty changes wait while the key is refused; then the right one comes."""
    oracle, school = Oracle(iclass), world.school
    school.refresh_from_db()
    school = edit_school(school=school, by=world.by, tic_key="k" * 32)
    people = [world.person() for _ in range(3)]
    for _ in range(5):
        world.lesson()
    relay.drain()
    asked = [line for line in oracle.lines() if line["kind"] == "request" and line["error_code"] == 10217]
    edit_school(school=school, by=world.by, tic_key=TIC_KEY)
    drain_outbox()
    assert len(asked) <= 2, f"{len(asked)} calls with a key that had been refused"
    assert all(wait_until_settled(person) for person in people)
    oracle.judge().hold()


def five_edits(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
    """A row that is changed five times before anybody could send the first change."""
    person = wait_until_settled(world.person())
    for number in range(5):
        person = edit_person(person=person, by=world.by, nickname=f"Dodo {number}")
    drain_outbox()
    changes = Operation.objects.filter(kind="user.modify", subject_id=person.pk)
    assert changes.filter(state="done").count() == 1, "five changes of one row went out one by one"
    Oracle(iclass).judge().hold()


def late_start(world: IntentContext, forge: ForkRunner, iclass: Sandbox) -> None:
    """A start whose worker dies, found again when the lesson should be over."""
    begin, end = timezone.now() - timedelta(minutes=5), timezone.now() + timedelta(minutes=2)
    lesson = wait_until_settled(world.lesson(starts_at=begin, ends_at=end))
    start_lesson(lesson=lesson, by=world.by, confirmed=True)
    forge.killed(DRAIN, at="outbox.claimed")
    with time_machine.travel(end + timedelta(seconds=1)):
        relay.drain()
    started = [
        one for one in effects_of(iclass, "class/start") if one["object"] == f"class:{lesson.remote_id}"
    ]
    assert not started, "a lesson was started after its planned end"


CHECKS: dict[str, Check] = {
    "outbox.fence": paused("outbox.answered", "class/create", "user/register"),
    "outbox.mark_first": killed("outbox.answered", "class/create", "document/add"),
    "outbox.probe": killed("outbox.answered", "class/create", "document/add"),
    "outbox.lease_expiry": killed("outbox.claimed", "class/modify"),
    "outbox.one_shot": killed("outbox.answered", "member/join", "member/visitor/join"),
    "outbox.settle": lagging_list,
    "outbox.adopt_unheld": twins,
    "outbox.lane": start_then_stop,
    "outbox.waits": lesson_of_newcomers,
    "outbox.hold_on_key": refused_key,
    "outbox.coalesce": five_edits,
    "outbox.lapse": late_start,
}


@pytest.mark.parametrize("defence", CHECKS)
def test_the_goal_fails_without_the_defence(defence, world, forge, iclass, settings):
    settings.PROBE_DELAY_S = 2 * 3600 if defence == "outbox.settle" else 0
    check = CHECKS[defence]
    with without_goal_lines():
        check(world, forge, iclass)
    sabotage(defence, lambda: check(world, forge, iclass))
