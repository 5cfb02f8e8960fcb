"""Proof before a dangerous act: asked for, given by password or code, and nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import Enterprise, Role, User
from accounts.sign_in.forms.security import PROOF_FIELD
from tests.accounts.sign_in.sign_in_helpers import (
    PASSWORD,
    SECRET,
    add_second_factor,
    audit_actions,
    totp_code,
)
from tests.support.cast import TIC_KEY, create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

KEYS = "/school/keys/"
NEW_KEY = "NewKeyNewKeyNewKeyNewKeyNewKey12"


@pytest.fixture
def quinn(school: Enterprise) -> User:
    quinn = create_person(school, "quinn", Role.SUPERADMIN)
    quinn.set_password(PASSWORD)
    quinn.save(update_fields=["password"])
    return quinn


@pytest.fixture
def stale(clock: Any, quinn: User) -> Client:
    """A superadmin who signed in a quarter of an hour ago."""
    client = client_for(quinn)
    clock.shift(timedelta(minutes=10, seconds=1))
    return client


def key_of(school: Enterprise) -> str:
    return Enterprise.objects.get(pk=school.pk).tic_key.reveal()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_about_keys_asks_first(clock: Any, quinn: User, language: str) -> None:
    client = client_for(quinn, language)
    clock.shift(timedelta(minutes=11))
    assert page_says(client.get(KEYS), "Confirm that it is you", language)
    assert client.post(KEYS, {PROOF_FIELD: PASSWORD})["Location"] == KEYS
    assert "tic_key" in client.get(KEYS).context["form"].fields


def test_signing_in_is_a_proof_for_ten_minutes(clock: Any, quinn: User, school: Enterprise) -> None:
    client = client_for(quinn)
    clock.shift(timedelta(minutes=9, seconds=59))
    assert client.post(KEYS, {"tic_key": NEW_KEY})["Location"] == "/school/"
    assert key_of(school) == NEW_KEY


def test_what_was_typed_waits_and_goes_on_after_the_proof(stale: Client, school: Enterprise) -> None:
    asked = stale.post(KEYS, {"tic_key": NEW_KEY})
    assert page_says(asked, "Your entries are kept and continue after confirmation.")
    assert (key_of(school), NEW_KEY in page_text(asked)) == (TIC_KEY, False)
    assert stale.post(KEYS, {PROOF_FIELD: PASSWORD})["Location"] == "/school/"
    assert key_of(school) == NEW_KEY


def test_a_wrong_proof_loses_nothing_either(stale: Client, school: Enterprise) -> None:
    stale.post(KEYS, {"tic_key": NEW_KEY})
    wrong = stale.post(KEYS, {PROOF_FIELD: "wrong"})
    assert page_says(wrong, "The password or code is incorrect.")
    stale.post(KEYS, {PROOF_FIELD: PASSWORD})
    assert key_of(school) == NEW_KEY


def test_what_waits_stands_sealed_in_the_session(stale: Client) -> None:
    stale.post(KEYS, {"tic_key": NEW_KEY})
    stored = [Session.objects.get().get_decoded(), dict(stale.session)]
    assert "kept_form" in stored[0]
    assert NEW_KEY not in str(stored)


def test_what_waits_for_one_page_does_not_go_on_at_another(stale: Client, school: Enterprise) -> None:
    stale.post("/school/callback/")
    assert stale.post(KEYS, {PROOF_FIELD: PASSWORD})["Location"] == KEYS
    assert Enterprise.objects.get(pk=school.pk).call_back_url == ""


def test_the_callback_address_wants_a_proof_too(stale: Client, school: Enterprise) -> None:
    stale.post("/school/callback/")
    assert Enterprise.objects.get(pk=school.pk).call_back_url == ""
    stale.post("/school/callback/", {PROOF_FIELD: PASSWORD})
    assert Enterprise.objects.get(pk=school.pk).call_back_url == school.own_callback_url


def test_the_admin_asks_as_the_pages_do(stale: Client, clock: Any, school: Enterprise) -> None:
    address = f"/admin/accounts/enterprise/{school.pk}/change/"
    assert page_says(stale.get(address), "Confirm that it is you")
    stale.post(address, {PROOF_FIELD: PASSWORD})
    assert stale.get(address).context["adminform"]


def test_a_code_of_the_app_is_a_proof(stale: Client, quinn: User) -> None:
    add_second_factor(quinn)
    stale.force_login(quinn)
    session = stale.session
    session["proved_at"] = 0
    session.save()
    assert stale.post(KEYS, {PROOF_FIELD: totp_code(SECRET)})["Location"] == KEYS


def test_other_sections_of_the_settings_want_none(stale: Client) -> None:
    assert "form" in stale.get("/school/rules/").context
    assert not page_says(stale.get("/school/rules/"), "Confirm that it is you")


def test_five_wrong_proofs_and_nothing_is_looked_at(stale: Client, quinn: User) -> None:
    for _ in range(5):
        stale.post(KEYS, {PROOF_FIELD: "wrong"})
    assert "Too many failed attempts. Try again after" in page_text(stale.post(KEYS, {PROOF_FIELD: PASSWORD}))
    assert audit_actions().count("person.sign_in_failed") == 5


def test_who_may_not_change_keys_is_not_asked(clock: Any, alice: User) -> None:
    client = client_for(alice)
    clock.shift(timedelta(minutes=11))
    assert client.get(KEYS).status_code == 403


def test_who_has_neither_password_nor_app_is_told_to_sign_in_again(
    clock: Any, quinn: User, school: Enterprise
) -> None:
    quinn.set_unusable_password()
    quinn.save(update_fields=["password"])
    client = client_for(quinn)
    assert "tic_key" in client.get(KEYS).context["form"].fields
    clock.shift(timedelta(minutes=11))
    assert page_says(
        client.get(KEYS),
        "You sign in without a password. Sign out and sign in again to confirm; this is valid for a while.",
    )


def test_turning_the_second_factor_off_wants_a_proof(stale: Client, quinn: User, clock: Any) -> None:
    add_second_factor(quinn)
    stale.force_login(quinn)
    clock.shift(timedelta(minutes=11))
    assert page_says(stale.post("/account/second-factor/off/"), "Confirm that it is you")
    assert page_says(stale.post("/account/recovery-codes/new/"), "Confirm that it is you")
