"""Erasing a person takes a request and a second administrator who confirms or declines it in time."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import ErasureRequest, Role, User
from accounts.people.erasure_requests import (
    answer_erasure,
    request_erasure,
    undo_withdrawal,
    withdraw_erasure,
)
from accounts.people.waiting import _erasures_to_answer
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from console.notifications.models import Notification
from tests.support.cast import create_person
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits
from tests.support.page_client import client_for, page_text
from tests.support.undo_button import ticket_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WHY = "The parents of Dina asked for it."


def with_password(person: User) -> User:
    person.set_password("all-the-kings-horses")
    person.save(update_fields=["password"])
    return person


def long_here(person: User) -> User:
    """Somebody whose account is older than what a second person needs."""
    person.created_at -= timedelta(days=30)
    person.save(update_fields=["created_at"])
    return person


@pytest.fixture
def second(school) -> User:
    """Another administrator, who can sign in."""
    return long_here(with_password(create_person(school, "hatter", Role.ADMIN)))


@pytest.fixture
def request_(alice, second, dina) -> ErasureRequest:
    return request_erasure(person=dina, by=alice, reason=WHY)


def waiting_for(reader: User) -> int:
    return sum(rows.count() for rows in _erasures_to_answer(reader))


def answer_page(by, request, **typed):
    return client_for(by).post(f"/people/erasures/{request.pk}/", typed)


def is_erased(person: User) -> bool:
    return User.objects.get(pk=person.pk).erased_at is not None


def test_a_request_erases_nothing_and_waits_for_another_administrator(request_, alice, second, dina):
    assert not is_erased(dina)
    assert (waiting_for(alice), waiting_for(second)) == (0, 1)
    told = Notification.objects.get(kind="person.erase_requested")
    assert (told.person, told.args) == (second, {"user_id": "dina"})
    page = page_text(client_for(alice).get(f"/people/{dina.pk}/"))
    assert "to erase this person's data" in page
    assert client_for(second).get("/menu-counts/").json()["erasures"]["text"] == "1 erasure to confirm"
    entry = AuditEntry.objects.get(action="person.erase_request")
    assert (entry.actor, entry.object_id) == (alice, str(dina.pk))


def test_the_second_administrator_confirms_with_the_user_id(request_, alice, second, dina):
    page = answer_page(second, request_, decision="confirm", user_id="alice", text="Checked by phone")
    assert "This is not the person's user ID. Nothing was erased." in page_text(page)
    assert "Checked by phone" in page_text(page)
    answer = answer_page(second, request_, decision="confirm", user_id="dina", text="Checked by phone")
    assert answer["Location"] == f"/people/{dina.pk}/"
    assert is_erased(dina)
    request_.refresh_from_db()
    assert (request_.state, request_.answered_by, request_.reason) == ("confirmed", second, "")
    acts = AuditEntry.objects.filter(action__startswith="person.erase").order_by("pk")
    assert list(acts.values_list("action", "actor__user_id")) == [
        ("person.erase_request", "alice"),
        ("person.erase_confirm", "hatter"),
        ("person.erase", "hatter"),
    ]
    assert Notification.objects.filter(person=alice, kind="person.erase_confirmed").exists()


def test_declining_needs_a_sentence_and_tells_the_requester(request_, alice, second, dina):
    assert "Write a sentence" in page_text(answer_page(second, request_, decision="decline"))
    answer_page(second, request_, decision="decline", text="She only changes groups.")
    assert not is_erased(dina)
    assert Notification.objects.filter(person=alice, kind="person.erase_declined").exists()
    page = page_text(client_for(alice).get(f"/people/erasures/{request_.pk}/"))
    assert "She only changes groups." in page
    assert "Confirm and erase" not in page
    assert request_erasure(person=dina, by=alice, reason=WHY).is_waiting


def test_nobody_confirms_their_own_request_or_their_own_erasure(request_, alice, second):
    with pytest.raises(ValidationError, match="Another administrator has to decide"):
        answer_erasure(request=request_, confirmed=True, by=alice)
    assert "Confirm and erase" not in page_text(client_for(alice).get(f"/people/erasures/{request_.pk}/"))
    answer_page(alice, request_, decision="confirm", user_id="dina")
    about_second = request_erasure(person=second, by=alice, reason=WHY)
    with pytest.raises(ValidationError, match="You cannot decide about your own data"):
        answer_erasure(request=about_second, confirmed=True, by=second)
    assert waiting_for(second) == 1
    with pytest.raises(ValidationError, match="You cannot erase yourself"):
        request_erasure(person=alice, by=alice, reason=WHY)
    assert not User.objects.exclude(erased_at=None).exists()


def test_only_a_superadmin_decides_about_a_superadmin(alice, second, quinn, school):
    other = create_person(school, "queen", Role.SUPERADMIN)
    with pytest.raises(PermissionDenied):
        request_erasure(person=other, by=alice, reason=WHY)
    request = request_erasure(person=other, by=quinn, reason=WHY)
    assert waiting_for(second) == 0
    with pytest.raises(PermissionDenied):
        answer_erasure(request=request, confirmed=True, by=second)


def test_a_request_expires_after_fourteen_days_and_another_one_can_be_made(request_, alice, second, dina):
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        assert waiting_for(second) == 0
        with pytest.raises(Conflict, match="expired after 14 days"):
            answer_erasure(request=request_, confirmed=True, by=second)
        assert "expired" in page_text(client_for(second).get(f"/people/erasures/{request_.pk}/"))
        again = request_erasure(person=dina, by=alice, reason=WHY)
        request_.refresh_from_db()
        assert (request_.state, again.is_waiting) == ("expired", True)
    assert not is_erased(dina)


def test_a_person_has_one_request_at_a_time_which_its_maker_withdraws(request_, alice, second, dina):
    with pytest.raises(Conflict, match="already waits"):
        request_erasure(person=dina, by=second, reason=WHY)
    address = f"/people/erasures/{request_.pk}/withdraw/"
    assert client_for(second).post(address).status_code == 403
    client_for(alice).post(address)
    with pytest.raises(Conflict, match="withdrawn"):
        answer_erasure(request=request_, confirmed=True, by=second)
    declined = request_erasure(person=dina, by=second, reason=WHY)
    answer_erasure(request=declined, confirmed=False, text="No.", by=alice)
    with pytest.raises(Conflict, match="already been answered"):
        withdraw_erasure(request=declined, by=second)


def test_a_withdrawal_is_taken_back_by_its_maker_alone(request_, alice, second, dina, settings):
    settings.UNDO_S = 10
    before = ErasureRequest.objects.values().get()
    client, page = client_for(alice), f"/people/erasures/{request_.pk}/"
    client.post(f"{page}withdraw/")
    ticket = ticket_on(client, page)
    client_for(second).post("/undo/", {"ticket": ticket})
    assert not ErasureRequest.waiting().exists()
    client.post("/undo/", {"ticket": ticket})
    assert ErasureRequest.objects.values().get() == before
    acts = AuditEntry.objects.filter(action__startswith="person.erase").order_by("pk")
    assert [one.action.split("erase_")[1] for one in acts] == ["request", "withdraw", "restore"]


def test_a_withdrawal_is_not_taken_back_beside_a_newer_request_or_too_late(request_, alice, second, dina):
    withdraw_erasure(request=request_, by=alice)
    with time_machine.travel(request_.expires_at, tick=False), pytest.raises(Conflict):
        undo_withdrawal(request=request_, by=alice)
    newer = request_erasure(person=dina, by=second, reason=WHY)
    with pytest.raises(Conflict, match="cannot be taken back"):
        undo_withdrawal(request=request_, by=alice)
    assert list(ErasureRequest.waiting()) == [newer]


def test_teachers_and_other_schools_neither_see_nor_answer_a_request(request_, bob, charlie, sue):
    for person, page, list_ in ((bob, 403, 403), (sue, 403, 403), (charlie, 404, 200)):
        assert client_for(person).get(f"/people/erasures/{request_.pk}/").status_code == page
        assert answer_page(person, request_, decision="confirm", user_id="dina").status_code == page
        assert client_for(person).get("/people/erasures/").status_code == list_
    assert "Dina" not in page_text(client_for(charlie).get("/people/erasures/"))


def test_a_school_with_one_administrator_is_told_what_to_do(alice, dina, school, quinn):
    with_password(alice)
    page = page_text(client_for(alice).get(f"/people/{dina.pk}/erase/"))
    assert "Your school has no second administrator" in page
    with_password(quinn)
    page = page_text(client_for(alice).get(f"/people/{dina.pk}/erase/"))
    assert "A second administrator confirms" in page


def confirm_on_the_server(sdkappid: int, reason: str = "Asked by letter") -> None:
    call_command(
        "person", "confirm-erasure", "--sdkappid", str(sdkappid), "--user-id", "dina", "--reason", reason
    )


def test_the_operator_confirms_where_nobody_else_can(alice, dina, school, capsys):
    with pytest.raises(CommandError, match="No request"):
        confirm_on_the_server(school.sdkappid)
    request_erasure(person=dina, by=alice, reason=WHY)
    confirm_on_the_server(school.sdkappid)
    assert is_erased(dina)
    assert capsys.readouterr().out == '{"erased": "dina"}\n'
    entry = AuditEntry.objects.get(action="person.erase_confirm")
    assert (entry.actor, entry.reason) == (None, "Asked by letter")


def test_the_operator_confirms_nothing_that_a_second_administrator_decides(request_, dina, school):
    with pytest.raises(CommandError, match="second administrator"):
        confirm_on_the_server(school.sdkappid)
    assert not is_erased(dina)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_erases_and_the_other_is_told(request_, school, second, dina):
    third = long_here(with_password(create_person(school, "hare", Role.ADMIN)))
    late = call_while_other_waits(
        lambda: answer_erasure(request=request_, confirmed=True, by=second),
        lambda: answer_erasure(request=request_, confirmed=True, by=third),
    )
    assert isinstance(late.error, Conflict)
    assert "already been answered" in " ".join(late.error.messages)
    assert AuditEntry.objects.filter(action="person.erase").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_request_at_once_one_is_told(alice, second, dina):
    outcomes = call_concurrently(
        lambda: request_erasure(person=dina, by=alice, reason=WHY),
        lambda: request_erasure(person=dina, by=second, reason=WHY),
    )
    assert [isinstance(one.error, Conflict) for one in outcomes].count(True) == 1
    assert ErasureRequest.objects.count() == 1


@pytest.mark.parametrize("change", [{"role": Role.TEACHER}, {"is_active": False}])
def test_the_request_of_a_former_administrator_can_only_be_declined(request_, alice, second, dina, change):
    User.objects.filter(pk=alice.pk).update(**change)
    page = page_text(client_for(second).get(f"/people/erasures/{request_.pk}/"))
    assert "no longer an active administrator" in page
    assert "Confirm and erase" not in page
    page = page_text(answer_page(second, request_, decision="confirm", user_id="dina"))
    assert "no longer an active administrator" in page
    with pytest.raises(ValidationError, match="no longer an active administrator"):
        answer_erasure(request=request_, confirmed=True, by=None)
    assert not is_erased(dina)
    answer_page(second, request_, decision="decline", text="Alice has left.")
    assert request_erasure(person=dina, by=second, reason=WHY).is_waiting
