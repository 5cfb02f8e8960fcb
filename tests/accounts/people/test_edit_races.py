"""Two people change the same person, school or group in the same moment: nothing that was saved is lost."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.db import connection, transaction
from django.utils import timezone

from accounts.mirror.upsert import get_or_create_person
from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import delete_group, save_group
from accounts.people.services import deactivate_person, edit_person, pull_person, renew_entry_token
from accounts.school.services import drop_previous_key, edit_school
from accounts.sign_in import api_tokens
from accounts.sign_in.services import change_password
from console.concurrency import DatabaseBusy, EditConflict
from console.outbox.kinds import get_kind
from console.outbox.models import Operation
from console.outbox.states import OperationState, SyncState
from console.outbox.transitions import transition
from console.policy.models import ApiToken
from tests.support.lock_waits import wait_until_blocked
from tests.support.rest_client import rest_client

FRESH = "all-the-kings-horses"


class FewerRounds(PBKDF2PasswordHasher):
    iterations = 100


def during(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """What `second` answers that begins while `first` is not committed yet, and waits for it."""
    answers: list[Any] = []

    def other() -> None:
        try:
            answers.append(second())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        first()
        thread.start()
        wait_until_blocked()
    thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_a_rename_does_not_bring_back_who_was_deactivated_meanwhile(alice: User, bob: User) -> None:
    client = rest_client(alice)
    (answer,) = during(
        lambda: deactivate_person(person=User.objects.get(pk=bob.pk), by=alice),
        lambda: client.patch("/api/v1/users/bob/", {"nickname": "Robert"}),
    )
    bob.refresh_from_db()
    assert answer.status_code == 200
    assert (bob.nickname, bob.is_active) == ("Robert", False)


@pytest.mark.django_db(transaction=True)
def test_a_password_that_was_changed_during_a_rename_holds(alice: User, bob: User) -> None:
    client = rest_client(alice)
    (answer,) = during(
        lambda: change_password(person=User.objects.get(pk=bob.pk), password=FRESH, by=alice),
        lambda: client.patch("/api/v1/users/bob/", {"nickname": "Robert"}),
    )
    assert answer.status_code == 200
    assert User.objects.get(pk=bob.pk).check_password(FRESH)


@pytest.mark.django_db(transaction=True)
def test_the_second_who_renames_is_answered_with_the_field(alice: User, bob: User) -> None:
    client = rest_client(alice)
    (answer,) = during(
        lambda: edit_person(person=User.objects.get(pk=bob.pk), by=alice, nickname="Bobby"),
        lambda: client.patch("/api/v1/users/bob/", {"nickname": "Robert", "gender": "male"}),
    )
    told = answer.json()
    assert (answer.status_code, told["code"], list(told["fields"])) == (
        409,
        "changed_meanwhile",
        ["nickname"],
    )
    bob.refresh_from_db()
    assert (bob.nickname, bob.gender) == ("Bobby", "")


@pytest.mark.django_db(transaction=True)
def test_edits_of_different_fields_at_once_merge(alice: User, bob: User) -> None:
    client = rest_client(alice)
    (answer,) = during(
        lambda: edit_person(person=User.objects.get(pk=bob.pk), by=alice, gender="male"),
        lambda: client.patch("/api/v1/users/bob/", {"nickname": "Robert", "gender": ""}),
    )
    assert answer.status_code == 200
    bob.refresh_from_db()
    assert (bob.nickname, bob.gender) == ("Robert", "male")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("remote_id", "bob"),
        ("observed", {"role": "teacher"}),
        ("is_active", False),
        ("password", "pbkdf2"),
        ("language", "en"),
        ("card_number", 7),
    ],
)
def test_an_edit_of_a_person_leaves_the_other_columns_alone(
    alice: User, bob: User, column: str, value: Any
) -> None:
    User.objects.filter(pk=bob.pk).update(**{column: value})
    edit_person(person=bob, by=alice, nickname="Robert")
    assert getattr(User.objects.get(pk=bob.pk), column) == value


@pytest.mark.django_db
def test_an_edit_of_a_person_leaves_the_entry_token_alone(alice: User, bob: User) -> None:
    fresh = User.objects.get(pk=bob.pk)
    fresh.store_entry_token("down-the-rabbit-hole")
    fresh.save_mirrored(["user_token", "card_number", "card_since"])
    edit_person(person=bob, by=alice, nickname="Robert")
    stored = User.objects.get(pk=bob.pk)
    assert stored.user_token is not None
    assert stored.user_token.reveal() == "down-the-rabbit-hole"


@pytest.mark.django_db
def test_an_edit_of_a_school_leaves_the_other_columns_alone(alice: User, school: Enterprise) -> None:
    stale = Enterprise.objects.get(pk=school.pk)
    edit_school(school=Enterprise.objects.get(pk=school.pk), by=alice, tic_key="a-new-key")
    Enterprise.objects.filter(pk=school.pk).update(
        call_back_url="https://a.example/", bizid=7, remote_id="4711", create_time=timezone.now()
    )
    edit_school(school=stale, by=alice, contact_user="Alice")
    stored = Enterprise.objects.get(pk=school.pk)
    assert stored.tic_key.reveal() == "a-new-key"
    assert stored.tic_key_previous is not None
    assert stored.create_time is not None
    told = (stored.contact_user, stored.call_back_url, stored.bizid, stored.remote_id)
    assert told == ("Alice", "https://a.example/", 7, "4711")


@pytest.mark.django_db
def test_a_key_that_was_dropped_meanwhile_does_not_come_back(alice: User, school: Enterprise) -> None:
    edit_school(school=school, by=alice, tic_key="a-new-key")
    stale = Enterprise.objects.get(pk=school.pk)
    drop_previous_key(school=Enterprise.objects.get(pk=school.pk), by=alice)
    edit_school(school=stale, by=alice, name="Wonderland II")
    assert Enterprise.objects.get(pk=school.pk).tic_key_previous is None


@pytest.mark.django_db
def test_two_new_keys_at_once_are_told_and_neither_is_lost(alice: User, school: Enterprise) -> None:
    stale = Enterprise.objects.get(pk=school.pk)
    edit_school(school=Enterprise.objects.get(pk=school.pk), by=alice, tic_key="first")
    with pytest.raises(EditConflict) as told:
        edit_school(school=stale, by=alice, tic_key="second")
    assert "first" not in str(told.value)
    assert Enterprise.objects.get(pk=school.pk).tic_key.reveal() == "first"


@pytest.mark.django_db(transaction=True)
def test_a_group_that_is_changed_twice_at_once_keeps_both_changes(
    alice: User, dina: User, school: Enterprise
) -> None:
    """The name by one, the students by the other; REST sends only what changes."""
    group = save_group(group=StudentGroup(enterprise=school, name="Croquet"), students=[], by=alice)
    client = rest_client(alice)
    (answer,) = during(
        lambda: save_group(group=StudentGroup.objects.get(pk=group.pk), students=[dina], by=alice),
        lambda: client.patch(f"/api/v1/groups/{group.pk}/", {"name": "Cricket"}),
    )
    assert (answer.status_code, answer.json()["students"]) == (200, ["dina"])
    stored = StudentGroup.objects.get(pk=group.pk)
    assert (stored.name, list(stored.students.all())) == ("Cricket", [dina])


@pytest.mark.django_db(transaction=True)
def test_a_group_that_was_deleted_meanwhile_does_not_come_back(alice: User, school: Enterprise) -> None:
    group = save_group(group=StudentGroup(enterprise=school, name="Croquet"), students=[], by=alice)
    client = rest_client(alice)
    (answer,) = during(
        lambda: delete_group(group=StudentGroup.objects.get(pk=group.pk), by=alice),
        lambda: client.patch(f"/api/v1/groups/{group.pk}/", {"name": "Cricket"}),
    )
    assert answer.status_code == 409
    assert not StudentGroup.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_token_that_is_made_in_the_same_moment_outlives_a_new_password(alice: User, bob: User) -> None:
    stale = User.objects.get(pk=bob.pk)
    (answer,) = during(
        lambda: change_password(person=User.objects.get(pk=bob.pk), password=FRESH, by=alice),
        lambda: api_tokens.create_token(person=stale, name="mine", scopes=["lessons:read"], by=stale),
    )
    assert isinstance(answer, DatabaseBusy)
    assert not ApiToken.objects.filter(user=bob).exists()


@pytest.mark.django_db
def test_a_password_that_is_stored_anew_at_sign_in_does_not_come_back(alice: User, bob: User) -> None:
    bob.password = make_password("long-ago", hasher=FewerRounds())
    bob.save(update_fields=["password"])
    stale, other = User.objects.get(pk=bob.pk), User.objects.get(pk=bob.pk)
    assert other.check_password("long-ago")
    assert User.objects.get(pk=bob.pk).password == other.password != stale.password
    bob.save(update_fields=["password"])
    change_password(person=bob, password=FRESH, by=alice)
    assert stale.check_password("long-ago")
    assert User.objects.get(pk=bob.pk).check_password(FRESH)


@pytest.mark.django_db(transaction=True)
def test_two_who_change_each_other_do_not_wait_for_each_other(
    alice: User, bob: User, school: Enterprise
) -> None:
    """An entry of the trail names whoever acts, so each change refers to the row that the other one holds."""
    pull_person(person=bob, by=alice)  # the first operation of a school makes its gate, which is waited for
    other = threading.Thread(target=lambda: edit_and_close(alice, bob))
    with transaction.atomic():
        edit_person(person=bob, by=alice, nickname="Robert")
        other.start()
        other.join(20)
        assert not other.is_alive()
    assert set(User.objects.values_list("nickname", flat=True)) == {"Alice II", "Robert"}


def edit_and_close(person: User, by: User) -> None:
    try:
        edit_person(person=person, by=by, nickname="Alice II")
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_whom_the_service_names_twice_at_once_has_one_row(school: Enterprise) -> None:
    (answer,) = during(
        lambda: get_or_create_person(school, "hatter", Role.STUDENT),
        lambda: get_or_create_person(school, "hatter", Role.STUDENT),
    )
    assert answer == User.objects.get(user_id="hatter")


@pytest.mark.django_db(transaction=True)
def test_an_answer_does_not_undo_what_a_look_saw_meanwhile(alice: User, bob: User) -> None:
    """`observed` is read and written as a whole: its row is locked in between."""
    User.objects.filter(pk=bob.pk).update(remote_id="bob", observed={"role": "teacher"})
    edit_person(person=User.objects.get(pk=bob.pk), by=alice, nickname="Robert")
    operation = Operation.objects.get(kind="user.modify")

    def seen() -> None:
        row = User.objects.select_for_update(of=("self",), no_key=True).get(pk=bob.pk)
        row.observed |= {"gender": "male"}
        row.save_mirrored(["observed"])

    def answered() -> None:
        with transaction.atomic():
            get_kind("user.modify").record(operation, {"nickname": "Robert"})

    during(seen, answered)
    kept = User.objects.get(pk=bob.pk).observed
    assert kept == {"role": "teacher", "gender": "male", "nickname": "Robert"}


@pytest.mark.django_db(transaction=True)
def test_an_operation_that_is_enqueued_while_another_ends_shows_on_the_row(alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(remote_id="bob")
    pull_person(person=bob, by=alice)
    ending = Operation.objects.get()

    def ended() -> None:
        Operation.objects.filter(pk=ending.pk).update(state=OperationState.SENDING)
        ending.refresh_from_db()
        transition(ending, OperationState.DONE)

    during(lambda: renew_entry_token(person=bob, by=alice), ended)
    assert User.objects.get(pk=bob.pk).sync_state == SyncState.SENDING
    versions = Operation.objects.order_by("pk").values_list("version", flat=True)
    assert list(versions) == [1, 2]
