"""The second factor: who needs one, setting it up, its codes, and the day when the telephone is gone."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Enterprise, Role, User
from accounts.sign_in import second_factor
from console.policy.tokens import issue_token
from tests.accounts.sign_in.sign_in_helpers import (
    SECRET,
    add_second_factor,
    audit_actions,
    submit_sign_in,
    totp_code,
    totp_secret,
)
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

SETUP = "/account/second-factor/"
CODE = "/sign-in/code/"


def set_up(client: Any) -> Any:
    """Set it up as a person does: read the secret off the page, type what the app shows."""
    page = client.get(SETUP)
    secret = page.context["secret"].replace(" ", "")
    return client.post(SETUP, {"code": totp_code(secret)})


@pytest.mark.parametrize("role", [Role.SUPERADMIN, Role.ADMIN])
def test_who_runs_a_school_sets_one_up_before_anything_else_opens(
    strict: None, clock: Any, school: Enterprise, role: Role
) -> None:
    client = client_for(create_person(school, "rita", role))
    for address in ("/", "/people/", "/admin/", "/account/", "/account/password/"):
        assert client.get(address)["Location"] == SETUP
    api = client.get("/api/v1/users/")
    assert (api.status_code, "second factor" in api.json()["detail"]) == (403, True)
    assert client.post("/groups/new/", {"name": "7b"})["Location"] == SETUP
    assert set_up(client)["Location"] == "/account/recovery-codes/"
    assert client.get("/people/").status_code == 200


def test_operators_need_one_too(strict: None, clock: Any, olga: User) -> None:
    client = client_for(olga)
    assert client.get("/admin/")["Location"] == SETUP
    set_up(client)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ASSISTANT, Role.STUDENT, Role.SUPERVISOR])
def test_others_may_but_need_not(strict: None, clock: Any, school: Enterprise, role: Role) -> None:
    client = client_for(create_person(school, "sam", role))
    assert client.get("/account/").status_code == 200
    set_up(client)
    assert page_says(client.get("/account/"), "set up")


def test_signing_out_and_the_language_stay_open(strict: None, alice: User) -> None:
    client = client_for(alice)
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302
    assert client.post("/sign-out/")["Location"] == "/sign-in/"


def test_rest_tokens_remain_as_they_are(strict: None, alice: User) -> None:
    answer = client_for().get("/api/v1/users/", headers={"authorization": f"Token {issue_token(alice)}"})
    assert answer.status_code == 200


def test_where_it_is_not_required_the_page_says_so(alice: User, bob: User) -> None:
    words = "In this trial installation, the second factor is optional for your role."
    assert words in page_text(client_for(alice).get("/account/"))
    assert words not in page_text(client_for(bob).get("/account/"))


def test_signing_in_waits_for_the_code(clock: Any, alice: User) -> None:
    add_second_factor(alice)
    client = client_for()
    assert submit_sign_in(client, alice.login)["Location"] == CODE
    assert client.get("/people/").status_code == 302
    assert client.post(CODE, {"code": totp_code(SECRET)})["Location"] == "/"
    assert client.get("/people/").status_code == 200


def test_the_way_goes_on_to_where_one_wanted_to_go(clock: Any, alice: User) -> None:
    add_second_factor(alice)
    client = client_for()
    client.post("/sign-in/", {"username": alice.login, "password": "cheshire-cat-grins", "next": "/groups/"})
    assert client.post(CODE, {"code": totp_code(SECRET)})["Location"] == "/groups/"


def test_the_second_step_does_not_come_first(clock: Any, alice: User) -> None:
    add_second_factor(alice)
    assert client_for().get(CODE)["Location"] == "/sign-in/"
    assert client_for().post(CODE, {"code": totp_code(SECRET)})["Location"] == "/sign-in/"


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_telephone_may_be_half_a_minute_off(clock: Any, alice: User, steps: int) -> None:
    assert second_factor.verify_code(add_second_factor(alice), totp_code(SECRET, steps)) == "totp"


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_but_no_more(clock: Any, alice: User, steps: int) -> None:
    assert second_factor.verify_code(add_second_factor(alice), totp_code(SECRET, steps)) == ""


def test_a_code_is_good_once_and_so_is_no_older_one(clock: Any, alice: User) -> None:
    add_second_factor(alice)
    assert second_factor.verify_code(alice, totp_code(SECRET)) == "totp"
    assert second_factor.verify_code(alice, totp_code(SECRET)) == ""
    assert second_factor.verify_code(alice, totp_code(SECRET, -1)) == ""
    clock.shift(timedelta(seconds=30))
    assert second_factor.verify_code(alice, totp_code(SECRET)) == "totp"


def test_five_wrong_codes_shut_the_second_step(clock: Any, alice: User) -> None:
    add_second_factor(alice)
    client = client_for()
    submit_sign_in(client, alice.login)
    codes = [client.post(CODE, {"code": "000000"}).status_code for _ in range(6)]
    assert codes == [200] * 4 + [429] * 2
    assert client.post(CODE, {"code": totp_code(SECRET)}).status_code == 429
    assert audit_actions().count("person.sign_in_failed") == 5


def test_a_recovery_code_opens_once(clock: Any, alice: User) -> None:
    code = second_factor.unused_recovery_codes(add_second_factor(alice))[3]
    for answer in (302, 200):
        client = client_for()
        submit_sign_in(client, alice.login)
        assert client.post(CODE, {"code": f"{code[:4]} {code[4:]}"}).status_code == answer
    assert len(second_factor.unused_recovery_codes(alice)) == 9
    assert "person.recovery_code_used" in audit_actions()


def test_recovery_codes_are_shown_in_one_sitting_and_can_be_saved(clock: Any, alice: User) -> None:
    client = client_for(alice)
    set_up(client)
    codes = client.get("/account/recovery-codes/").context["codes"]
    saved = client.get("/account/recovery-codes/file/")
    assert len(codes) == 10
    assert all(code in saved.content.decode() for code in codes)
    assert saved["Content-Disposition"].startswith("attachment")
    assert "no-store" in saved["Cache-Control"]
    client.post("/account/recovery-codes/")
    for address in ("/account/recovery-codes/", "/account/recovery-codes/file/"):
        assert client.get(address)["Location"] == "/account/"


def test_the_sitting_ends_by_itself(clock: Any, alice: User) -> None:
    client = client_for(alice)
    set_up(client)
    clock.shift(timedelta(minutes=10, seconds=1))
    assert client.get("/account/recovery-codes/")["Location"] == "/account/"


def test_new_recovery_codes_end_the_old_ones(clock: Any, alice: User) -> None:
    old = second_factor.unused_recovery_codes(add_second_factor(alice))[0]
    client = client_for(alice)
    assert client.post("/account/recovery-codes/new/")["Location"] == "/account/recovery-codes/"
    assert second_factor.verify_code(alice, old) == ""
    assert "person.recovery_codes" in audit_actions()


def test_secrets_stand_sealed_in_the_database_and_in_the_session(clock: Any, alice: User) -> None:
    client = client_for(alice)
    shown = client.get(SETUP).context["secret"].replace(" ", "")
    assert shown not in str(dict(client.session))
    set_up(client)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert totp_secret(alice) == shown
    assert shown not in stored
    assert all(code not in stored for code in second_factor.unused_recovery_codes(alice))


def test_rotating_the_field_keys_seals_them_anew(clock: Any, alice: User, settings: Any) -> None:
    add_second_factor(alice)
    codes = second_factor.unused_recovery_codes(alice)
    new = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0="
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_KEYS = [new]
    assert totp_secret(alice) == SECRET
    assert second_factor.unused_recovery_codes(alice) == codes


def test_turning_it_off_is_for_those_whose_role_does_not_need_it(
    strict: None, clock: Any, alice: User, bob: User
) -> None:
    for who, left in ((add_second_factor(alice), True), (add_second_factor(bob), False)):
        client_for(who).post("/account/second-factor/off/")
        assert second_factor.is_enabled(who) is left
    assert audit_actions().count("person.factor_off") == 1


def test_another_administrator_resets_a_lost_one_with_a_reason(
    strict: None, clock: Any, school: Enterprise, alice: User
) -> None:
    add_second_factor(alice)
    rita = add_second_factor(create_person(school, "rita", Role.ADMIN))
    inside, page = client_for(alice), client_for(rita)
    assert page_says(page.get(f"/people/{alice.pk}/"), "Reset the second factor")
    page.post(f"/people/{alice.pk}/factor/", {"reason": "lost her telephone"})
    assert not second_factor.is_enabled(alice)
    assert "person.factor_reset" in audit_actions()
    assert inside.get("/people/").status_code == 302
    client = client_for()
    submit_sign_in(client, alice.login)
    assert client.get("/people/")["Location"] == SETUP


def test_nobody_resets_their_own_nor_one_above_nor_one_elsewhere(
    clock: Any, school: Enterprise, alice: User, bob: User, charlie: User
) -> None:
    quinn = add_second_factor(create_person(school, "quinn", Role.SUPERADMIN))
    add_second_factor(alice)
    reason = {"reason": "why not"}
    client_for(alice).post(f"/people/{alice.pk}/factor/", reason)
    client_for(charlie).post(f"/people/{alice.pk}/factor/", reason)
    client_for(bob).post(f"/people/{alice.pk}/factor/", reason)
    client_for(alice).post(f"/people/{quinn.pk}/factor/", reason)
    assert second_factor.is_enabled(alice)
    assert second_factor.is_enabled(quinn)
    with pytest.raises(PermissionDenied):
        second_factor.reset(person=quinn, by=alice)


def test_an_operator_is_helped_by_a_command(clock: Any, olga: User, capsys: Any) -> None:
    add_second_factor(olga)
    call_command("sign_in", "reset-factor", "olga")
    assert not second_factor.is_enabled(olga)
    assert "olga" in capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_that_does_not_fit_is_told(clock: Any, alice: User, language: str) -> None:
    client = client_for(alice, language)
    assert page_says(
        client.post(SETUP, {"code": "123"}),
        "The code is incorrect. Wait for the next one and try again.",
        language,
    )
    assert not second_factor.is_enabled(alice)
