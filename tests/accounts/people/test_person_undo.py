"""Deactivating and reactivating a person is taken back by the button of the message."""

from typing import Any

import pytest

from accounts.models import User
from accounts.people.services import reactivate_person
from console.audit.models import AuditEntry
from tests.support.page_client import client_for, page_text
from tests.support.undo_button import press_undo, ticket_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]


@pytest.fixture
def ten_seconds(settings: Any) -> None:
    settings.UNDO_S = 10


def is_active(person: User) -> bool:
    return User.objects.get(pk=person.pk).is_active


def trail() -> list[str]:
    acts = ("person.deactivate", "person.reactivate")
    return list(AuditEntry.objects.filter(action__in=acts).order_by("pk").values_list("action", flat=True))


def test_a_deactivated_person_is_active_again(alice: User, dina: User) -> None:
    client, page = client_for(alice), f"/people/{dina.pk}/"
    client.post(f"{page}deactivate/", {"reason": "Left"})
    assert not is_active(dina)
    press_undo(client, page)
    assert is_active(dina)
    text = page_text(client.get(page, headers={"accept-language": "en"}))
    assert "Taken back." in text
    assert "sent to iclass" not in text
    assert trail() == ["person.deactivate", "person.reactivate"]


def test_a_reactivated_person_is_deactivated_again(alice: User, dina: User) -> None:
    User.objects.filter(pk=dina.pk).update(is_active=False)
    client, page = client_for(alice), f"/people/{dina.pk}/"
    client.post(f"{page}reactivate/", {})
    assert is_active(dina)
    press_undo(client, page)
    assert not is_active(dina)
    assert trail() == ["person.reactivate", "person.deactivate"]


def test_a_second_undo_and_one_without_the_right_change_nothing(
    alice: User, dina: User, charlie: User
) -> None:
    client, page = client_for(alice), f"/people/{dina.pk}/"
    client.post(f"{page}deactivate/", {"reason": "Left"})
    ticket = ticket_on(client, page)
    client_for(charlie).post("/undo/", {"ticket": ticket, "next": page})
    assert not is_active(dina)
    reactivate_person(person=dina, by=alice)
    client.post("/undo/", {"ticket": ticket, "next": page})
    assert trail() == ["person.deactivate", "person.reactivate"], "somebody else did it already"

    User.objects.filter(pk=dina.pk).update(is_active=False)
    User.objects.filter(pk=alice.pk).update(role="teacher")
    client.post("/undo/", {"ticket": ticket, "next": page})
    assert not is_active(dina)


def test_other_acts_on_a_person_offer_none(alice: User, dina: User) -> None:
    client = client_for(alice)
    client.post(f"/people/{dina.pk}/unlock/")
    assert b"/undo/" not in client.get(f"/people/{dina.pk}/").content
