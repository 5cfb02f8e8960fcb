"""Comparing a school and its people with the local service; the key, the licence and the callback address."""

import secrets
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.people.services import register_person
from accounts.school.connection_state import callback_state, is_licence_over
from accounts.school.services import edit_school, use_own_callback
from console.mirror import registry
from console.mirror.differences import differences_of
from console.mirror.registry import mirrored_model_of
from console.outbox import relay
from console.outbox.models import Gate, Operation
from console.outbox.states import OperationState, SyncState
from tests.support.cast import TIC_KEY, create_person
from tests.support.iclass_service import requests_to
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mouse(connected, alice):
    """A student whom the service has; each test has one of its own, for the service outlives it."""
    user_id = f"mouse.{secrets.token_hex(4)}"
    made = register_person(enterprise=connected, by=alice, user_id=user_id, nickname="Mouse", role="student")
    relay.drain()
    made.refresh_from_db()
    return made


def walk(school, name="people", times=1):
    for _ in range(times):
        report = registry.reconcile(school)[name]
    return report


def outside(iclass, user_id, **fields):
    told = iclass.call("user/profile/modify", {"user_id": user_id, **fields})
    assert told["error_code"] == 0, told


def test_many_people_made_outside_are_adopted_together(connected, iclass, django_assert_max_num_queries):
    crowd = [{"user_id": f"card{n}", "role": "student", "nickname": f"Card {n}"} for n in range(120)]
    iclass.call("user/register", {"list": crowd})
    with django_assert_max_num_queries(60):
        report = walk(connected)
    assert report.adopted >= 120
    card = User.objects.get(enterprise=connected, user_id="card7")
    assert (card.login, card.sync_state, card.made_outside) == ("card7@1400000001", "in_sync", True)
    assert (card.nickname, card.observed["nickname"]) == ("Card 7", "Card 7")
    assert not card.has_usable_password()
    assert walk(connected).writes == 0


def test_a_person_whom_the_service_lost_is_gone_after_two_walks_and_can_be_made_again(
    connected, alice, iclass
):
    """There is no user delete; a service that was put back from a backup of its own knows fewer."""
    ghost = create_person(connected, "ghost", Role.STUDENT)
    User.objects.filter(pk=ghost.pk).update(remote_id="ghost", sync_state=SyncState.IN_SYNC)
    assert walk(connected).gone == 0
    assert walk(connected).gone == 1
    ghost.refresh_from_db()
    assert (ghost.sync_state, ghost.is_active) == (SyncState.GONE, True)
    mirrored_model_of(ghost).push(ghost, [], alice)
    relay.drain()
    ghost.refresh_from_db()
    assert ghost.sync_state == SyncState.IN_SYNC
    assert ghost.user_token
    assert walk(connected, times=2).gone == 0


def test_a_person_changed_outside_is_pushed_field_by_field(mouse, connected, alice, iclass):
    outside(iclass, mouse.user_id, nickname="Dormouse", phone_no="13800000000")
    walk(connected)
    mouse.refresh_from_db()
    assert mouse.sync_state == SyncState.CHANGED_OUTSIDE
    assert set(differences_of(mouse)) == {"nickname", "phone_no"}
    mirrored_model_of(mouse).push(mouse, ["nickname"], alice)
    relay.drain()
    mouse.refresh_from_db()
    assert requests_to(iclass, "user/profile/modify")[-1].keys() == {"user_id", "nickname", "expire_time"}
    assert mouse.sync_state == SyncState.CHANGED_OUTSIDE
    mirrored_model_of(mouse).push(mouse, ["phone_no"], alice)
    relay.drain()
    walk(connected)
    mouse.refresh_from_db()
    assert (mouse.sync_state, differences_of(mouse)) == (SyncState.IN_SYNC, {})
    assert iclass.call("user/info", {"user_id": mouse.user_id})["user_info"]["phone_no"] == ""


def test_taking_theirs_brings_the_row_in_sync(mouse, connected, alice, iclass):
    outside(iclass, mouse.user_id, nickname="Dormouse", e_mail="d@example.com")
    walk(connected)
    mouse.refresh_from_db()
    mirrored_model_of(mouse).apply_remote(mouse, ["nickname", "e_mail"], alice)
    mouse.refresh_from_db()
    assert (mouse.nickname, mouse.e_mail, mouse.sync_state) == ("Dormouse", "d@example.com", "in_sync")
    assert walk(connected).writes == 0
    assert not Operation.objects.exclude(state=OperationState.DONE).exists()


def test_nobody_below_a_superadmin_takes_over_that_somebody_is_one(mouse, connected, alice, iclass):
    outside(iclass, mouse.user_id, role="superadmin")
    walk(connected)
    mouse.refresh_from_db()
    with pytest.raises(PermissionDenied):
        mirrored_model_of(mouse).apply_remote(mouse, ["role"], alice)
    assert User.objects.get(pk=mouse.pk).role == Role.STUDENT
    outside(iclass, mouse.user_id, role="student")


def test_what_the_service_never_told_cannot_be_taken(mouse, alice):
    User.objects.filter(pk=mouse.pk).update(observed={})
    mouse.refresh_from_db()
    with pytest.raises(ValidationError):
        mirrored_model_of(mouse).apply_remote(mouse, ["nickname"], alice)


def test_a_person_whom_we_are_registering_is_left_to_the_operation(connected, alice, iclass, settings):
    """The walk would say that they are registered, and their entry token would never be asked for."""
    settings.PROBE_DELAY_S = 60
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "user/register"}})
    lost = register_person(enterprise=connected, by=alice, user_id="hare", nickname="Hare", role="student")
    relay.drain()
    walk(connected)
    lost.refresh_from_db()
    assert lost.remote_id == ""
    Operation.objects.filter(state=OperationState.UNKNOWN).update(
        due_at=timezone.now() - timedelta(seconds=1)
    )
    settings.PROBE_DELAY_S = 0
    relay.drain()
    lost.refresh_from_db()
    assert (lost.remote_id, bool(lost.user_token)) == ("hare", True)
    assert User.objects.filter(user_id="hare").count() == 1


def test_a_refused_key_holds_the_school_and_one_that_works_lets_go(connected, alice, iclass):
    iclass.control("enterprise", {"sdkappid": 1400000001, "tic_key": "k" * 32})
    try:
        reports = registry.reconcile(connected)
        assert list(reports) == ["school"]
        assert not reports["school"].complete
        assert Gate.objects.get(enterprise=connected).held_reason == "10217"
        late = register_person(enterprise=connected, by=alice, user_id="late", nickname="L", role="student")
        assert relay.drain() == 0
        late.refresh_from_db()
        assert (late.sync_state, late.sync_reason) == (SyncState.HELD, "10217")
    finally:
        iclass.control("enterprise", {"sdkappid": 1400000001, "tic_key": TIC_KEY})
    registry.reconcile(connected)
    relay.drain()
    late.refresh_from_db()
    assert (late.sync_state, Gate.objects.get(enterprise=connected).held_for) == (SyncState.IN_SYNC, [])


def test_a_licence_that_has_ended_holds_the_school_until_it_is_renewed(connected, iclass):
    iclass.control("enterprise", {"sdkappid": 1400000001, "valid_time": 1})
    try:
        walk(connected, "school")
        wait_until(lambda: is_licence_over(Enterprise.objects.get(pk=connected.pk)))
        walk(connected, "school")
        assert Gate.objects.get(enterprise=connected).held_for == ["expired"]
    finally:
        iclass.control("enterprise", {"sdkappid": 1400000001, "valid_time": 31536000})
    walk(connected, "school")
    assert Gate.objects.get(enterprise=connected).held_for == []


def test_a_callback_address_changed_outside_is_seen_and_ours_is_put_back(connected, alice, iclass):
    assert callback_state(connected) == "none"
    use_own_callback(school=connected, by=alice)
    connected.refresh_from_db()
    assert callback_state(connected) == "sending"
    relay.drain()
    connected.refresh_from_db()
    assert callback_state(connected) == "ours"
    iclass.call("business/modify", {"call_back_url": "https://elsewhere.example/in"})
    walk(connected, "school")
    connected.refresh_from_db()
    assert callback_state(connected) == "other"
    assert connected.sync_state == SyncState.CHANGED_OUTSIDE
    mirrored_model_of(connected).push(connected, ["call_back_url"], alice)
    relay.drain()
    walk(connected, "school")
    connected.refresh_from_db()
    assert (callback_state(connected), connected.sync_state) == ("ours", SyncState.IN_SYNC)


def test_what_is_empty_here_is_emptied_there_and_theirs_can_be_taken(connected, alice, iclass):
    edit_school(school=connected, by=alice, contact_user="")
    iclass.call("business/modify", {"contact_user": "White Rabbit", "phone_no": "020-1234"})
    relay.drain()
    walk(connected, "school")
    connected.refresh_from_db()
    assert set(differences_of(connected)) >= {"contact_user", "phone_no"}
    mirrored_model_of(connected).push(connected, ["contact_user"], alice)
    mirrored_model_of(connected).apply_remote(connected, ["phone_no"], alice)
    relay.drain()
    walk(connected, "school")
    connected.refresh_from_db()
    assert (connected.phone_no, connected.contact_user) == ("020-1234", "")
    assert connected.sync_state == SyncState.IN_SYNC
    assert iclass.call("business/info")["contact_user"] == ""
