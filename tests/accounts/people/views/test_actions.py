"""The buttons of a person: what each does, that it is on record, and to whom it is closed."""

import pytest

from accounts.models import User
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

TOKEN = "jabberwocky-0123456789"
ACTS = ("card", "contacts", "pull", "push", "token", "deactivate", "reactivate")


@pytest.fixture
def dina(dina: User) -> User:
    dina.user_token = TOKEN
    dina.save_mirrored(["user_token"])
    return dina


@pytest.mark.parametrize(
    ("act", "kind", "action"),
    [
        ("pull", "user.pull", "person.pull"),
        ("push", "user.modify", "person.push"),
        ("token", "user.token", "person.new_token"),
    ],
)
def test_an_act_leaves_one_operation_and_one_entry(
    alice: User, dina: User, act: str, kind: str, action: str
) -> None:
    client = client_for(alice)
    assert client.get(f"/people/{dina.pk}/{act}/").status_code == 200
    assert not Operation.objects.exists()
    assert client.post(f"/people/{dina.pk}/{act}/")["Location"] == f"/people/{dina.pk}/"
    assert Operation.objects.get().kind == kind
    assert AuditEntry.objects.get().action == action


def test_a_new_token_warns_of_the_old_cards(alice: User, dina: User) -> None:
    page = client_for(alice).get(f"/people/{dina.pk}/token/")
    assert page_says(
        page, "The old token stops working immediately. Entry cards printed with it no longer open a lesson."
    )


def test_the_card_is_shown_for_a_reason_that_is_kept(alice: User, dina: User) -> None:
    client = client_for(alice)
    assert TOKEN not in page_text(client.get(f"/people/{dina.pk}/card/"))
    card = client.post(f"/people/{dina.pk}/card/", {"reason": "lost the first one"})
    assert TOKEN in page_text(card)
    assert "no-store" in card["Cache-Control"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.reason) == (
        "person.reveal_token",
        str(dina.pk),
        "lost the first one",
    )


def test_contacts_are_shown_for_a_reason_that_is_kept(alice: User, dina: User) -> None:
    page = client_for(alice).post(f"/people/{dina.pk}/contacts/", {"reason": "her mother asked"})
    assert "13812345678" in page_text(page)
    assert "no-store" in page["Cache-Control"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason) == ("person.reveal", "her mother asked")


def test_masked_contacts_ask_where_they_stand_on_the_page_and_in_the_list(
    alice: User, bob: User, dina: User
) -> None:
    address = f"/people/{dina.pk}/contacts/"
    for path in (f"/people/{dina.pk}/", "/people/"):
        assert page_text(client_for(alice).get(path)).count(f'hx-get="{address}"') == 1
        assert address not in page_text(client_for(bob).get(path))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", ["card", "contacts", "deactivate"])
def test_without_a_reason_nothing_is_shown_or_done(alice: User, dina: User, act: str, language: str) -> None:
    page = client_for(alice, language).post(f"/people/{dina.pk}/{act}/", {"reason": " "})
    assert page_says(page, "Enter a reason. It is recorded with your name.", language)
    assert TOKEN not in page_text(page)
    assert not AuditEntry.objects.exists()


def test_deactivating_says_what_iclass_keeps_and_can_be_taken_back(alice: User, dina: User) -> None:
    client = client_for(alice)
    assert "iclass cannot delete accounts" in page_text(client.get(f"/people/{dina.pk}/deactivate/"))
    client.post(f"/people/{dina.pk}/deactivate/", {"reason": "moved away"})
    assert not User.objects.get(pk=dina.pk).is_active
    client.post(f"/people/{dina.pk}/reactivate/")
    assert User.objects.get(pk=dina.pk).is_active


def test_nobody_shuts_themselves_out(alice: User) -> None:
    client = client_for(alice)
    answer = client.post(f"/people/{alice.pk}/deactivate/", {"reason": "tired"}, follow=True)
    assert page_says(answer, "You cannot deactivate yourself. Ask another administrator.")
    assert User.objects.get(pk=alice.pk).is_active


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_closed_to_all_but_the_school_s_administrators(
    bob: User, sue: User, charlie: User, dina: User, act: str
) -> None:
    address = f"/people/{dina.pk}/{act}/"
    assert [client_for(one).post(address, {"reason": "x"}).status_code for one in (bob, sue, dina)] == [
        403
    ] * 3
    assert client_for(charlie).post(address, {"reason": "x"}).status_code == 404
    assert client_for().post(address, {"reason": "x"}).status_code == 302
    assert not AuditEntry.objects.exists()
    assert not Operation.objects.exists()


def test_the_page_of_a_person_offers_what_makes_sense(alice: User, dina: User, quinn: User) -> None:
    page = page_text(client_for(alice).get(f"/people/{dina.pk}/"))
    assert [act for act in ACTS if f"/people/{dina.pk}/{act}/" in page] == list(ACTS[:-1])
    page = page_text(client_for(alice).get(f"/people/{quinn.pk}/"))
    assert [act for act in ACTS if f"/people/{quinn.pk}/{act}/" in page] == ["pull", "push"]
