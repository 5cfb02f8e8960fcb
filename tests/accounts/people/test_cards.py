"""Entry cards: whose they are, what stands on them, which are void, and that each look is on record."""

from typing import Any

import pytest

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.outbound.operations import TOKEN_COLUMNS
from accounts.people.group_services import save_group
from accounts.people.services import renew_entry_token
from console.audit.models import AuditEntry, PersonalDataAccess
from console.outbox import relay
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

WHY = {"reason": "the first day of term"}


@pytest.fixture
def room(school: Enterprise) -> str:
    Enterprise.objects.filter(pk=school.pk).update(room_address="https://room.example/wonderland")
    school.refresh_from_db()
    return "https://room.example/wonderland"


def carded(who: User, token: str) -> User:
    who.store_entry_token(token)
    who.save_mirrored(["remote_id", *TOKEN_COLUMNS])
    return who


@pytest.fixture
def croquet(school: Enterprise, alice: User, dina: User) -> StudentGroup:
    """Dina and Ed have tokens, Fay has none yet."""
    ed, fay = create_person(school, "ed", Role.STUDENT), create_person(school, "fay", Role.STUDENT)
    carded(dina, "token-of-dina")
    carded(ed, "token-of-ed")
    group = StudentGroup(enterprise=school, name="Croquet")
    return save_group(group=group, students=[dina, ed, fay], by=alice)


def test_a_card_has_link_user_id_token_and_number(alice: User, dina: User, room: str) -> None:
    carded(dina, "token-of-dina")
    page = page_text(client_for(alice).post(f"/people/{dina.pk}/card/", WHY))
    for words in (room, "dina", "token-of-dina", "Card no. 1", "data:image/svg+xml"):
        assert words in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_s_cards_stand_on_one_page_and_who_has_none_is_named(
    alice: User, croquet: StudentGroup, room: str, language: str
) -> None:
    client = client_for(alice, language)
    asked = page_text(client.get(f"/groups/{croquet.pk}/cards/"))
    assert "token-of" not in asked
    answer = client.post(f"/groups/{croquet.pk}/cards/", WHY)
    assert "no-store" in answer["Cache-Control"]
    page = page_text(answer)
    assert page.count('<article class="entry-card">') == 2
    assert "token-of-dina" in page
    assert "token-of-ed" in page
    assert "/people/" + str(User.objects.get(user_id="fay").pk) in page
    assert page_says(answer, "iclass has not issued an entry token yet", language)


def test_the_record_names_exactly_those_whose_token_was_shown(alice: User, croquet: StudentGroup) -> None:
    client_for(alice).post(f"/groups/{croquet.pk}/cards/", WHY)
    entry = AuditEntry.objects.get(action="person.reveal_token")
    assert (entry.actor, entry.reason) == (alice, "the first day of term")
    assert (entry.object_type, entry.object_id) == ("accounts.studentgroup", str(croquet.pk))
    assert set(PersonalDataAccess.objects.filter(entry=entry).values_list("person__user_id", flat=True)) == {
        "dina",
        "ed",
    }


def test_without_a_reason_no_card_is_shown(alice: User, croquet: StudentGroup) -> None:
    page = client_for(alice).post(f"/groups/{croquet.pk}/cards/", {"reason": " "})
    assert "token-of" not in page_text(page)
    assert not AuditEntry.objects.filter(action="person.reveal_token").exists()


def test_only_the_school_s_administrators_see_cards(
    bob: User, sue: User, charlie: User, dina: User, croquet: StudentGroup
) -> None:
    address = f"/groups/{croquet.pk}/cards/"
    assert [client_for(one).post(address, WHY).status_code for one in (bob, sue, dina)] == [403] * 3
    assert client_for(charlie).post(address, WHY).status_code == 404
    assert not AuditEntry.objects.filter(action="person.reveal_token").exists()


def test_somebody_deactivated_has_no_card(alice: User, dina: User) -> None:
    carded(dina, "token-of-dina")
    User.objects.filter(pk=dina.pk).update(is_active=False)
    page = page_text(client_for(alice).post(f"/people/{dina.pk}/card/", WHY))
    assert "token-of-dina" not in page
    assert "No entry card available" in page


def test_while_a_new_token_is_on_its_way_the_old_card_is_not_printed(alice: User, dina: User) -> None:
    carded(dina, "token-of-dina")
    renew_entry_token(person=dina, by=alice)
    page = page_text(client_for(alice).post(f"/people/{dina.pk}/card/", WHY))
    assert "token-of-dina" not in page
    assert "a new entry token has been requested; check again in a minute" in page


@pytest.mark.django_db(transaction=True)
def test_a_new_token_voids_the_cards_before_it(connected: Enterprise, alice: User, iclass: Any) -> None:
    ed = create_person(connected, "ed-with-cards", Role.STUDENT)
    iclass.call("user/register", {"list": [{"user_id": ed.user_id, "role": "student"}]})
    ed.remote_id = ed.user_id
    carded(ed, "token-of-ed")
    first = ed.card_since
    renew_entry_token(person=ed, by=alice)
    relay.drain()
    ed = User.objects.get(pk=ed.pk)
    assert ed.card_number == 2
    assert ed.card_since > first
    page = page_text(client_for(alice).post(f"/people/{ed.pk}/card/", WHY))
    assert "Card no. 2" in page
    assert "token-of-ed" not in page
    assert "Cards with a lower number are void" in page
    assert "void since" in page_text(client_for(alice).get(f"/people/{ed.pk}/"))
