"""Passkeys: added, used alone and as the second factor, renamed, removed, and lost."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from accounts.models import User
from accounts.sign_in import second_factor
from accounts.sign_in.forms.security import PROOF_FIELD
from console.notifications.models import Notification
from console.policy.models import ApiToken
from console.policy.tokens import issue_token
from tests.accounts.sign_in.passkey_helpers import (
    ADD,
    CODE,
    add_passkey,
    is_signed_in,
    options_of,
    passkeys_of,
    sign_in_with,
)
from tests.accounts.sign_in.sign_in_helpers import (
    SECRET,
    add_second_factor,
    audit_actions,
    audit_values,
    submit_sign_in,
    totp_code,
)
from tests.support.authenticator import SoftAuthenticator
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

pytestmark = pytest.mark.usefixtures("https")


@pytest.fixture
def phone(clock: Any, bob: User) -> SoftAuthenticator:
    """Bob's phone, with a passkey of his."""
    device = SoftAuthenticator()
    add_passkey(client_for(bob), device)
    clock.shift(timedelta(seconds=1))
    return device


def test_a_person_adds_one_and_gets_recovery_codes_with_the_first(clock: Any, bob: User) -> None:
    client = client_for(bob)
    assert add_passkey(client, SoftAuthenticator(), "Phone")["Location"] == "/account/recovery-codes/"
    assert len(second_factor.unused_recovery_codes(bob)) == 10
    assert add_passkey(client, SoftAuthenticator(), "")["Location"] == "/account/"
    assert passkeys_of(bob) == ["Phone", "A program"]
    page = page_text(client.get("/account/"))
    assert "Phone" in page
    assert audit_actions().count("person.passkey_added") == 2
    told = Notification.objects.filter(person=bob, kind="passkey.added")
    assert [one.args for one in told.order_by("pk")] == [{"passkey": "Phone"}, {"passkey": "A program"}]


def test_the_first_one_ends_the_other_sessions(clock: Any, bob: User) -> None:
    elsewhere = client_for()
    submit_sign_in(elsewhere, bob.login)
    here = client_for(bob)
    add_passkey(here, SoftAuthenticator())
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)


def test_it_signs_in_alone_and_counts_as_two_factors(
    phone: SoftAuthenticator, strict: None, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(role="admin")
    client = client_for()
    assert sign_in_with(client, phone)["Location"] == "/"
    assert client.get("/people/").status_code == 200
    assert ("person.sign_in", {"by": "passkey", "address": "127.0.0.1"}) in audit_values("after")


def test_it_goes_to_where_one_wanted_to_go_and_never_to_another_site(
    phone: SoftAuthenticator, clock: Any
) -> None:
    assert sign_in_with(client_for(), phone, next="/groups/")["Location"] == "/groups/"
    clock.shift(timedelta(seconds=1))
    assert sign_in_with(client_for(), phone, next="https://evil.example/")["Location"] == "/"


def test_after_the_password_it_is_the_second_factor(phone: SoftAuthenticator, bob: User) -> None:
    client = client_for()
    assert submit_sign_in(client, bob.login)["Location"] == CODE
    assert not is_signed_in(client)
    page = client.get(CODE)
    assert (page.context["has_app"], page.context["has_passkey"]) == (False, True)
    answer = phone.use(options_of(client, CODE))
    assert client.post(CODE, {"passkey": answer})["Location"] == "/"
    assert is_signed_in(client)


def test_a_recovery_code_replaces_it(phone: SoftAuthenticator, bob: User) -> None:
    client = client_for()
    submit_sign_in(client, bob.login)
    code = second_factor.unused_recovery_codes(bob)[0]
    assert client.post(CODE, {"code": code})["Location"] == "/"


def test_app_and_passkey_stand_beside_each_other(phone: SoftAuthenticator, bob: User, clock: Any) -> None:
    add_second_factor(bob)
    client = client_for()
    submit_sign_in(client, bob.login)
    assert client.post(CODE, {"code": totp_code(SECRET)})["Location"] == "/"
    client.post("/account/second-factor/off/")
    assert second_factor.is_enabled(bob)
    assert len(second_factor.unused_recovery_codes(bob)) == 10
    assert passkeys_of(bob) == ["Phone"]


def test_where_a_factor_is_required_a_passkey_is_one(strict: None, clock: Any, alice: User) -> None:
    client = client_for(alice)
    assert client.get("/people/")["Location"] == "/account/second-factor/"
    assert "Add a passkey" in page_text(client.get("/account/second-factor/"))
    add_passkey(client, SoftAuthenticator())
    assert client.get("/people/").status_code == 200


def test_the_last_factor_of_a_role_that_needs_one_stays(strict: None, clock: Any, alice: User) -> None:
    client = client_for(alice)
    add_passkey(client, SoftAuthenticator())
    passkey = Authenticator.objects.get(user=alice, type="webauthn")
    answer = client.post(f"/account/passkeys/{passkey.pk}/remove/", follow=True)
    assert "Your role requires a second factor." in page_text(answer)
    add_passkey(client, SoftAuthenticator(), "Laptop")
    client.post(f"/account/passkeys/{passkey.pk}/remove/")
    assert passkeys_of(alice) == ["Laptop"]


def test_who_has_no_password_keeps_the_last_one(phone: SoftAuthenticator, bob: User) -> None:
    bob.set_unusable_password()
    bob.save(update_fields=["password"])
    client = client_for()
    sign_in_with(client, phone)
    passkey = Authenticator.objects.get(user=bob, type="webauthn")
    answer = client.post(f"/account/passkeys/{passkey.pk}/remove/", follow=True)
    assert "Add another one before you remove it." in page_text(answer)


def test_removing_it_ends_its_sessions_and_codes_and_leaves_tokens(
    phone: SoftAuthenticator, bob: User, clock: Any
) -> None:
    token = issue_token(bob)
    thief = client_for()
    sign_in_with(thief, phone)
    thief.get("/account/")
    client = client_for(bob)
    passkey = Authenticator.objects.get(user=bob, type="webauthn")
    assert client.post(f"/account/passkeys/{passkey.pk}/remove/")["Location"] == "/account/"
    assert (is_signed_in(client), is_signed_in(thief)) == (True, False)
    clock.shift(timedelta(seconds=1))
    assert not is_signed_in(_signed_in_client(phone))
    assert not second_factor.is_enabled(bob)
    assert second_factor.unused_recovery_codes(bob) == []
    assert ApiToken.objects.filter(user=bob).count() == 1
    headers = {"authorization": f"Token {token}"}
    assert client_for().get("/api/v1/lessons/", headers=headers).status_code == 200
    assert Notification.objects.filter(person=bob, kind="passkey.removed").count() == 1
    assert "person.passkey_removed" in audit_actions()


def _signed_in_client(device: SoftAuthenticator) -> Any:
    client = client_for()
    sign_in_with(client, device)
    return client


def test_it_gets_another_name(phone: SoftAuthenticator, bob: User) -> None:
    client = client_for(bob)
    passkey = Authenticator.objects.get(user=bob, type="webauthn")
    address = f"/account/passkeys/{passkey.pk}/rename/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": " "}).status_code == 200
    assert client.post(address, {"name": "x" * 61}).status_code == 200
    assert client.post(address, {"name": "办公室电脑"})["Location"] == "/account/"
    assert passkeys_of(bob) == ["办公室电脑"]
    assert is_signed_in(_signed_in_client(phone)) is True


@pytest.mark.parametrize("address", [ADD, "/account/passkeys/{pk}/rename/", "/account/passkeys/{pk}/remove/"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_change_asks_for_a_proof(
    phone: SoftAuthenticator, bob: User, clock: Any, address: str, language: str
) -> None:
    client = client_for(bob, language)
    clock.shift(timedelta(minutes=11))
    passkey = Authenticator.objects.get(user=bob, type="webauthn")
    answer = client.post(address.format(pk=passkey.pk), {"name": "Mine"})
    assert page_says(answer, "Confirm that it is you", language)
    assert client.post(f"{ADD}options/").status_code == 409
    assert passkeys_of(bob) == ["Phone"]


def test_the_proof_may_be_a_passkey_and_what_was_typed_goes_on(
    phone: SoftAuthenticator, bob: User, clock: Any
) -> None:
    client = client_for(bob)
    clock.shift(timedelta(minutes=11))
    passkey = Authenticator.objects.get(user=bob, type="webauthn")
    address = f"/account/passkeys/{passkey.pk}/rename/"
    page = client.post(address, {"name": "Work phone"})
    assert page.context["has_passkey"]
    answer = phone.use(client.post("/account/proof/options/").json())
    assert client.post(address, {PROOF_FIELD: "", "passkey": answer})["Location"] == "/account/"
    assert passkeys_of(bob) == ["Work phone"]


def test_a_reset_by_somebody_else_removes_passkeys_too(
    phone: SoftAuthenticator, alice: User, bob: User, clock: Any
) -> None:
    second_factor.reset(person=bob, by=alice)
    assert not Authenticator.objects.filter(user=bob).exists()
    assert not is_signed_in(_signed_in_client(phone))


def test_so_does_the_command(phone: SoftAuthenticator, bob: User, capsys: Any) -> None:
    call_command("sign_in", "reset-factor", bob.login)
    assert passkeys_of(bob) == []


def test_ten_are_enough(clock: Any, bob: User) -> None:
    client = client_for(bob)
    for _ in range(10):
        add_passkey(client, SoftAuthenticator())
    answer = add_passkey(client, SoftAuthenticator())
    assert "You have 10 passkeys, which is the most." in page_text(answer)
    assert len(passkeys_of(bob)) == 10
