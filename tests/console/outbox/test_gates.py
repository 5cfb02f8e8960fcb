"""The gate of a school: pauses while the service is in trouble, so many calls a second, held for a reason."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.people.services import register_person
from accounts.school.services import edit_school
from console.outbox import claims, gates, relay
from console.outbox.models import Attempt, Gate, Operation
from console.outbox.services import hold_school, resume
from console.outbox.states import OperationState, SyncState
from console.outbox.transitions import transition
from tests.faults.arming import hold_at
from tests.faults.mutants import mutated
from tests.support.cast import create_person
from tests.support.concurrent_calls import CallOutcome
from tests.support.iclass_service import create_lesson, requests_to
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
BUSY = {"kind": "busy", "times": 0, "match": "class/create"}


@pytest.fixture
def breaker(settings):
    """Opens after three failures, for long enough that nothing of a test comes through by itself."""
    settings.OUTBOX_BREAKER_FAILURES = 3
    settings.OUTBOX_BREAKER_S = settings.OUTBOX_BREAKER_MAX_S = 60
    return settings


def calls(iclass, endpoint="class/create"):
    return len(requests_to(iclass, endpoint))


def pause_is_over(school):
    Gate.objects.filter(enterprise=school).update(open_until=timezone.now() - timedelta(seconds=1))


def test_after_some_failures_in_a_row_the_rest_waits_unsent(connected, alice, bob, iclass, breaker):
    iclass.control("faults", {"arm": BUSY})
    lessons = [create_lesson(bob, alice) for _ in range(8)]
    before = calls(iclass)
    relay.drain()
    assert calls(iclass) - before == 3
    gate = Gate.objects.get(enterprise=connected)
    assert gate.open_until > timezone.now()
    waiting = Operation.objects.filter(kind="class.create", subject_id__in=[one.pk for one in lessons])
    assert set(waiting.values_list("state", flat=True)) == {OperationState.READY}
    assert sorted(waiting.values_list("attempts", flat=True)) == [0] * 5 + [1] * 3
    assert waiting.filter(attempts=0, first_sent_at=None).count() == 5


def test_while_the_breaker_is_open_nothing_is_claimed_for_a_look_either(
    connected, alice, bob, iclass, breaker
):
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create"}})
    create_lesson(bob, alice)
    Gate.objects.filter(enterprise=connected).update(failures=2)
    relay.drain()
    assert Operation.objects.filter(state=OperationState.UNKNOWN).count() == 1
    assert claims.claim_unknown(10) == []


def test_after_the_pause_exactly_one_operation_goes_on_trial(connected, alice, bob, iclass, breaker):
    lessons = [create_lesson(bob, alice) for _ in range(4)]
    Gate.objects.filter(enterprise=connected).update(failures=3, openings=1)
    pause_is_over(connected)
    assert len(claims.claim(10)) == 1
    assert claims.claim(10) == []
    assert len(lessons) == 4


def test_a_trial_that_fails_makes_the_pause_longer(connected, alice, bob, iclass, breaker):
    breaker.OUTBOX_BREAKER_S, breaker.OUTBOX_BREAKER_MAX_S = 10, 1000
    iclass.control("faults", {"arm": BUSY})
    for _ in range(4):
        create_lesson(bob, alice)
    relay.drain()
    before = calls(iclass)
    pause_is_over(connected)
    relay.drain()
    assert calls(iclass) - before == 1
    gate = Gate.objects.get(enterprise=connected)
    assert gate.openings == 2
    assert gate.open_until > timezone.now() + timedelta(seconds=9)


def test_one_success_opens_the_way_for_all(connected, alice, bob, iclass, breaker):
    iclass.control("faults", {"arm": BUSY})
    lessons = [create_lesson(bob, alice) for _ in range(6)]
    relay.drain()
    iclass.control("faults", {"clear": True})
    pause_is_over(connected)
    Operation.objects.filter(state=OperationState.READY).update(due_at=timezone.now())
    relay.drain()
    for lesson in lessons:
        lesson.refresh_from_db()
    assert {lesson.sync_state for lesson in lessons} == {SyncState.IN_SYNC}
    gate = Gate.objects.get(enterprise=connected)
    assert (gate.failures, gate.openings, gate.open_until, gate.trial_until) == (0, 0, None, None)


def test_a_refusal_is_an_answer_and_no_failure(connected, alice, bob, iclass, breaker):
    iclass.control(
        "faults", {"arm": {"kind": "refuse", "match": "class/create", "times": 0, "error_code": 10003}}
    )
    for _ in range(5):
        create_lesson(bob, alice)
    relay.drain()
    assert Operation.objects.filter(kind="class.create", state=OperationState.REFUSED).count() == 5
    assert Gate.objects.get(enterprise=connected).failures == 0


def lost_creates(iclass, bob, alice, settings, many):
    """Lessons whose creation takes effect and whose answer is lost, one and all; looks wait for a minute."""
    settings.PROBE_DELAY_S = 60
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create", "times": 0}})
    return [create_lesson(bob, alice) for _ in range(many)]


def all_are_due():
    Operation.objects.filter(state__in=(OperationState.UNKNOWN, OperationState.READY)).update(
        due_at=timezone.now()
    )


def test_creates_whose_answers_are_all_lost_are_probed_before_more_are_sent(
    connected, alice, bob, iclass, breaker
):
    lessons = lost_creates(iclass, bob, alice, breaker, 6)
    sent = Operation.objects.filter(kind="class.create", subject_id__in=[one.pk for one in lessons])
    relay.drain()
    for _ in range(len(lessons) // breaker.OUTBOX_BREAKER_FAILURES):
        unsure = set(sent.filter(state=OperationState.UNKNOWN).values_list("pk", flat=True))
        assert len(unsure) == breaker.OUTBOX_BREAKER_FAILURES
        pause_is_over(connected)
        all_are_due()
        relay.drain()
        assert set(sent.filter(pk__in=unsure).values_list("state", flat=True)) == {OperationState.DONE}
    assert not sent.exclude(state=OperationState.DONE).exists()
    assert calls(iclass) >= len(lessons)
    assert Attempt.objects.filter(operation__in=sent, outcome=Attempt.Outcome.FOUND).count() == len(lessons)


def test_a_trial_is_a_probe_where_one_is_due(connected, alice, bob, iclass, breaker):
    lost_creates(iclass, bob, alice, breaker, 5)
    relay.drain()
    Gate.objects.filter(enterprise=connected).update(openings=4)
    pause_is_over(connected)
    assert len(claims.claim(10)) == 1, "no probe is due yet"
    Gate.objects.filter(enterprise=connected).update(trial_until=None)
    all_are_due()
    assert claims.claim(10) == []
    assert len(claims.claim_unknown(10)) == 1


def test_after_a_probe_on_trial_failed_a_new_command_has_its_turn(connected, alice, bob, iclass, breaker):
    lost_creates(iclass, bob, alice, breaker, 8)
    relay.drain()
    iclass.control("faults", {"clear": True})
    iclass.control("faults", {"arm": {"kind": "busy", "match": "class/list", "times": 0}})
    pause_is_over(connected)
    all_are_due()
    relay.drain()
    assert Operation.objects.filter(state=OperationState.UNKNOWN).count() == 3
    assert Gate.objects.get(enterprise=connected).openings == 2
    pause_is_over(connected)
    all_are_due()
    (taken,) = [*claims.claim_unknown(10), *claims.claim(10)]
    assert taken.state == OperationState.SENDING


def test_while_the_way_is_free_probes_go_before_new_commands_of_their_school_alone(
    connected, other_school, alice, bob, iclass, breaker
):
    lesson = lost_creates(iclass, bob, alice, breaker, 1)[0]
    relay.drain()
    later = create_lesson(bob, alice)
    carol = register_person(enterprise=other_school, by=None, user_id="carol", nickname="C", role="student")
    all_are_due()
    gates.create_missing_gates()
    assert [one.subject_id for one in claims.claim(10)] == [carol.pk]
    assert [one.subject_id for one in claims.claim_unknown(10)] == [lesson.pk]
    assert [one.subject_id for one in claims.claim(10)] == [later.pk]


def test_a_probe_that_waits_in_its_lane_keeps_nothing_from_being_sent(connected, alice, bob, iclass, breaker):
    lost_creates(iclass, bob, alice, breaker, 1)
    earlier = create_lesson(bob, alice)
    relay.drain()
    unsure = Operation.objects.filter(kind="class.create", state=OperationState.UNKNOWN).earliest("id")
    waiting = Operation.objects.get(kind="class.create", subject_id=earlier.pk)
    unsure.waits_for.add(waiting)
    Operation.objects.filter(pk=waiting.pk).update(state=OperationState.PROBING)
    Operation.objects.filter(pk=waiting.pk).update(state=OperationState.READY)
    all_are_due()
    assert claims.claim_unknown(10) == []
    assert [one.pk for one in claims.claim(10)] == [waiting.pk]


def test_a_trial_that_has_nothing_to_ask_lets_the_next_one_try(connected, alice, bob, iclass, breaker):
    lesson, other = create_lesson(bob, alice), create_lesson(bob, alice)
    type(lesson).objects.filter(pk=lesson.pk).update(cancelled_at=timezone.now())
    Gate.objects.filter(enterprise=connected).update(failures=3, openings=1)
    pause_is_over(connected)
    relay.drain()
    other.refresh_from_db()
    assert other.sync_state == SyncState.IN_SYNC


def test_one_schools_trouble_is_not_the_others(connected, other_school, alice, bob, iclass, breaker):
    Gate.objects.filter(enterprise=connected).update(open_until=timezone.now() + timedelta(seconds=60))
    create_lesson(bob, alice)
    carol = register_person(enterprise=other_school, by=None, user_id="carol", nickname="C", role="student")
    relay.drain()
    carol.refresh_from_db()
    assert carol.sync_state == SyncState.IN_SYNC
    assert Operation.objects.get(kind="class.create").state == OperationState.READY


def test_a_bucket_bounds_the_calls_a_second(connected, alice, bob, iclass, settings):
    settings.OUTBOX_RATE, settings.OUTBOX_BURST = 20, 2
    for name in ("d1", "d2", "d3", "d4", "d5", "d6"):
        register_person(enterprise=connected, by=alice, user_id=name, nickname="D", role="student")
        create_lesson(bob, alice)
    Gate.objects.filter(enterprise=connected).update(tokens=0, refilled_at=timezone.now())
    before, began = len(iclass.ledger()), time.monotonic()
    relay.drain()
    seconds = time.monotonic() - began
    asked = sum(line["kind"] == "request" for line in iclass.ledger()[before:])
    assert Operation.objects.exclude(state=OperationState.DONE).count() == 0
    assert asked <= 2 + seconds * 20
    assert seconds > 0.4


def test_a_bucket_that_fills_while_it_is_asked_ends_no_round(connected, alice, bob, iclass, settings):
    settings.OUTBOX_RATE, settings.OUTBOX_BURST = 0.001, 1
    create_lesson(bob, alice)
    Gate.objects.update(tokens=0, refilled_at=timezone.now())
    claim_started = time.monotonic()
    assert claims.claim(10) == []
    Gate.objects.update(tokens=1)
    assert gates.seconds_until_next_call(claim_started) == 0


def test_a_signature_that_a_lease_cut_short_says_nothing_of_the_key(connected, alice, bob, iclass, settings):
    settings.LEASE_S = 1
    iclass.control("faults", {"arm": {"kind": "refuse", "match": "class/create", "error_code": 10217}})
    lesson = create_lesson(bob, alice)
    relay.drain()
    assert Attempt.objects.filter(error_code=10217).count() == 1
    assert Gate.objects.get(enterprise=connected).held_for == []
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC


def test_many_people_in_one_call_cost_one_call(connected, alice, iclass, settings):
    settings.OUTBOX_RATE, settings.OUTBOX_BURST = 0.001, 30
    Gate.objects.filter(enterprise=connected).update(tokens=30, refilled_at=timezone.now())
    for number in range(25):
        register_person(enterprise=connected, by=alice, user_id=f"o{number}", nickname="O", role="student")
    relay.drain()
    assert Gate.objects.get(enterprise=connected).tokens == pytest.approx(29, abs=0.5)


def test_a_refused_key_holds_everything_after_one_call(connected, alice, bob, iclass):
    good = connected.tic_key.reveal()
    connected = edit_school(school=connected, by=None, tic_key="wrong" * 6)
    lessons = [create_lesson(bob, alice) for _ in range(5)]
    relay.drain()
    assert Attempt.objects.filter(error_code=10217).count() == 1
    for lesson in lessons:
        lesson.refresh_from_db()
        assert (lesson.sync_state, lesson.sync_reason) == (SyncState.HELD, "10217")
    assert Gate.objects.get(enterprise=connected).held_reason == "10217"
    later = create_lesson(bob, alice)
    assert Operation.objects.get(subject_id=later.pk, kind="class.create").state == OperationState.HELD
    relay.drain()
    assert Attempt.objects.filter(error_code=10217).count() == 1
    edit_school(school=connected, by=None, tic_key=good)
    relay.drain()
    for lesson in (*lessons, later):
        lesson.refresh_from_db()
        assert lesson.sync_state == SyncState.IN_SYNC


def test_a_refusal_of_the_former_key_that_comes_late_does_not_hold_the_school(connected, alice, bob, iclass):
    """A call was under way while the key was entered: its answer says nothing about the new key."""
    good = connected.tic_key.reveal()
    former = edit_school(school=connected, by=None, tic_key="wrong" * 6)
    lesson, before = create_lesson(bob, alice), calls(iclass)
    with hold_at("outbox.answered"):
        worker = CallOutcome(relay.drain)
        wait_until(lambda: calls(iclass) > before)
        edit_school(school=former, by=None, tic_key=good)
    worker.thread.join(30)
    assert worker.error is None
    assert Attempt.objects.filter(error_code=10217).exists(), "the former key was not refused"
    assert Gate.objects.get(enterprise=connected).held_for == []
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC


def test_other_reasons_hold_whatever_key_the_caller_knew(connected):
    former = edit_school(school=connected, by=None, tic_key="wrong" * 6)
    edit_school(school=former, by=None, tic_key="right" * 6)
    hold_school(former, "after_restore")
    assert Gate.objects.get(enterprise=connected).held_for == ["after_restore"]


def test_without_that_defence_each_operation_asks_for_itself(connected, alice, bob, iclass):
    edit_school(school=connected, by=None, tic_key="wrong" * 6)
    for _ in range(3):
        create_lesson(bob, alice)
    with mutated("outbox.hold_on_key"):
        relay.drain()
    assert Attempt.objects.filter(error_code=10217).count() == 3


def test_a_look_that_meets_a_refused_key_holds_the_school_too(connected, alice, bob, iclass):
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create"}})
    iclass.control("faults", {"arm": {"kind": "refuse", "match": "class/list", "error_code": 10217}})
    lesson = create_lesson(bob, alice)
    relay.drain()
    assert Gate.objects.get(enterprise=connected).held_for == ["10217"]
    assert Operation.objects.get(subject_id=lesson.pk, kind="class.create").state == OperationState.UNKNOWN
    resume(connected, reasons=["10217"])
    Operation.objects.filter(state=OperationState.UNKNOWN).update(due_at=timezone.now())
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC


def test_two_reasons_hold_until_both_are_gone(connected, alice, bob):
    lesson = create_lesson(bob, alice)
    hold_school(connected, "after_restore")
    hold_school(connected, "expired")
    create = Operation.objects.get(subject_id=lesson.pk, kind="class.create")
    assert (create.state, create.reason) == (OperationState.HELD, "after_restore")
    resume(connected, reasons=["after_restore"])
    create.refresh_from_db()
    assert (create.state, create.reason) == (OperationState.HELD, "expired")
    assert claims.claim(10) == []
    assert resume(connected, reasons=["expired"]) == 1
    create.refresh_from_db()
    assert (create.state, create.reason) == (OperationState.READY, "")


def test_holding_one_school_leaves_the_other_alone(connected, other_school, alice, bob):
    hold_school(connected, "after_restore")
    carol = create_person(other_school, "carol", "teacher")
    lesson = create_lesson(carol, None)
    assert [one.subject_id for one in claims.claim(10)] == [lesson.pk]


def test_what_slipped_past_the_holding_is_held_by_the_next_round(connected, alice, bob):
    lesson = create_lesson(bob, alice)
    hold_school(connected, "after_restore")
    Operation.objects.filter(subject_id=lesson.pk).update(state=OperationState.READY, reason="")
    assert claims.claim(10) == []
    assert gates.apply_all_gates() == 1
    lesson.refresh_from_db()
    assert (lesson.sync_state, lesson.sync_reason) == (SyncState.HELD, "after_restore")
    Gate.objects.update(held_for=[])
    assert gates.apply_all_gates() == 1
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.SENDING


def test_an_operation_claimed_before_the_holding_goes_back_unsent(connected, alice, bob, iclass):
    create_lesson(bob, alice)
    (taken,) = claims.claim(1)
    hold_school(connected, "after_restore")
    assert claims.confirm_claims([taken]) == []
    taken.refresh_from_db()
    assert (taken.state, taken.attempts, taken.first_sent_at) == (OperationState.HELD, 0, None)


def test_a_look_claimed_before_the_holding_stays_unknown(connected, alice, bob, iclass):
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create"}})
    create_lesson(bob, alice)
    (taken,) = claims.claim(1)
    transition(taken, OperationState.UNKNOWN, due_at=timezone.now())
    (look,) = claims.claim_unknown(1)
    hold_school(connected, "after_restore")
    assert claims.confirm_claims([look]) == []
    look.refresh_from_db()
    assert (look.state, look.attempts) == (OperationState.UNKNOWN, 1)
