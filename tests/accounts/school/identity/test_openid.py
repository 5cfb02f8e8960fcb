"""Sign-in with a provider of OpenID Connect that speaks it over HTTP: the flow itself."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse

from accounts.models import Enterprise, IdentityLink, IdentityProvider, User
from accounts.people.services import deactivate_person
from console.audit.models import AuditEntry
from tests.accounts.school.identity.conftest import create_provider
from tests.accounts.school.identity.oidc_provider import OidcProvider, new_key
from tests.accounts.school.identity.sign_in_steps import (
    FAILED,
    UNKNOWN,
    is_refused,
    sign_in_with,
    start_url,
)
from tests.accounts.sign_in.sign_in_helpers import SECRET as TOTP
from tests.accounts.sign_in.sign_in_helpers import add_second_factor, audit_actions, audit_values, totp_code
from tests.support.page_client import LANGUAGES, client_for, page_says

pytestmark = pytest.mark.django_db


def test_a_claim_with_a_user_id_signs_that_person_in(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    provider.claims = {"preferred_username": "alice"}
    client = client_for()
    assert sign_in_with(provider, row, client, "/groups/")["Location"] == "/groups/"
    assert client.get("/people/").status_code == 200
    assert audit_values("actor", "after") == [
        ("provider.link", None, {"provider": "School account"}),
        ("person.sign_in", alice.pk, {"by": "sso", "address": "127.0.0.1"}),
    ]


def test_a_login_of_this_school_is_a_user_id_too_and_one_of_another_is_not(
    provider: OidcProvider, row: IdentityProvider, alice: User, charlie: User
) -> None:
    provider.claims = {"preferred_username": charlie.login}
    assert is_refused(provider, row, UNKNOWN)
    provider.claims = {"preferred_username": alice.login}
    assert sign_in_with(provider, row, client_for())["Location"] == "/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_made_without_the_switch(
    provider: OidcProvider, row: IdentityProvider, alice: User, language: str
) -> None:
    provider.claims = {"preferred_username": "nobody"}
    assert is_refused(provider, row, UNKNOWN, language)
    assert list(User.objects.all()) == [alice]
    assert not SocialAccount.objects.exists()
    assert not IdentityLink.objects.exists()
    assert audit_actions() == ["person.sign_in_failed"]


@pytest.mark.parametrize("claim", [None, "", 7, True, ["alice"], {"a": 1}, "al\0ice", "alice@b.example"])
def test_a_claim_that_is_no_user_id_opens_nothing(
    provider: OidcProvider, row: IdentityProvider, alice: User, claim: Any
) -> None:
    provider.claims = {"preferred_username": claim}
    assert is_refused(provider, row, UNKNOWN)


def test_somebody_deactivated_stays_outside(
    provider: OidcProvider, row: IdentityProvider, alice: User, bob: User
) -> None:
    provider.claims = {"preferred_username": "bob"}
    assert sign_in_with(provider, row, client_for())["Location"] == "/"
    deactivate_person(person=bob, by=alice)
    assert is_refused(provider, row, UNKNOWN)


def test_an_operator_does_not_come_in_this_way(
    provider: OidcProvider, row: IdentityProvider, olga: User
) -> None:
    provider.claims = {"preferred_username": "olga"}
    assert is_refused(provider, row, UNKNOWN)


def test_the_second_factor_is_asked_for_all_the_same(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    add_second_factor(alice)
    provider.claims = {"preferred_username": "alice"}
    client = client_for()
    assert sign_in_with(provider, row, client)["Location"] == "/sign-in/code/"
    assert client.get("/people/").status_code == 302
    page_of_code = client.get("/sign-in/code/")
    assert page_says(page_of_code, "Single sign-on worked.")
    assert not page_says(page_of_code, "Your password is correct.")
    client.post("/sign-in/code/", {"code": totp_code(TOTP)})
    assert client.get("/people/").status_code == 200


def test_a_token_that_another_key_signed_opens_nothing(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    provider.claims, provider.signing_key = {"preferred_username": "alice"}, new_key()
    assert is_refused(provider, row, FAILED)
    assert "/keys" in provider.asked


def test_a_way_back_that_nobody_went_opens_nothing(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    provider.claims = {"preferred_username": "alice"}
    way = client_for().get(start_url(row))["Location"]
    answer = client_for().get(provider.callback_url_after_login(way))
    assert answer["Location"] == "/sign-in/"
    assert "/token" not in provider.asked


def test_a_code_is_good_once(provider: OidcProvider, row: IdentityProvider, alice: User) -> None:
    provider.claims = {"preferred_username": "alice"}
    client = client_for()
    back = provider.callback_url_after_login(client.get(start_url(row))["Location"])
    assert client.get(back)["Location"] == "/"
    client.post("/sign-out/")
    assert client.get(back)["Location"] == "/sign-in/"


def test_who_changes_their_mind_is_back_at_the_door(provider: OidcProvider, row: IdentityProvider) -> None:
    client = client_for()
    state = client.get(start_url(row))["Location"].split("state=")[1].split("&")[0]
    answer = client.get(f"{start_url(row)}callback/", {"error": "access_denied", "state": state})
    assert answer["Location"] == "/sign-in/"


@pytest.mark.parametrize("place", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_provider_that_dies_in_the_middle_is_told_as_a_sentence(
    provider: OidcProvider, row: IdentityProvider, alice: User, place: str
) -> None:
    provider.claims = {"preferred_username": "alice"}
    client = client_for()
    way = client.get(start_url(row))["Location"]
    provider.dies_at = place
    assert page_says(client.get(provider.callback_url_after_login(way), follow=True), FAILED)
    assert page_says(client_for().get(start_url(row), follow=True), FAILED) or place != provider.asked[0]


def test_a_provider_that_calls_itself_otherwise_opens_nothing(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    provider.claims = {"preferred_username": "alice"}
    client = client_for()
    way = client.get(start_url(row))["Location"]
    provider.claimed_issuer = provider.token_changes["iss"] = "https://elsewhere.example"
    assert client.get(provider.callback_url_after_login(way))["Location"] == "/sign-in/"
    assert "/token" not in provider.asked


@pytest.mark.parametrize("issuer", ["https://elsewhere.example", ""])
def test_the_code_of_another_issuer_is_sent_nowhere(
    provider: OidcProvider, row: IdentityProvider, alice: User, issuer: str
) -> None:
    provider.claims, provider.back = {"preferred_username": "alice"}, {"iss": issuer}
    assert is_refused(provider, row, FAILED)
    assert "/token" not in provider.asked
    provider.back = {"iss": provider.issuer}
    assert sign_in_with(provider, row, client_for())["Location"] == "/"


def test_an_issuer_that_was_announced_must_come(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    provider.claims = {"preferred_username": "alice"}
    provider.discovery_changes = {"authorization_response_iss_parameter_supported": True}
    assert is_refused(provider, row, FAILED)
    assert "/token" not in provider.asked


def test_the_state_of_one_provider_is_nothing_to_another(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    other = create_provider(row.enterprise, issuer=provider.issuer)
    provider.claims = {"preferred_username": "alice"}
    client = client_for()
    back = provider.callback_url_after_login(client.get(start_url(row))["Location"])
    answer = client.get(back.replace(row.slug, other.slug))
    assert answer["Location"] == "/sign-in/"
    assert "/token" not in provider.asked


@pytest.mark.parametrize(
    "next",
    ["https://a.example/", "//a.example/", "/\\a.example", "javascript:alert(1)"],
)
def test_the_way_leads_to_no_other_site(
    provider: OidcProvider, row: IdentityProvider, alice: User, next: str
) -> None:
    provider.claims = {"preferred_username": "alice"}
    assert sign_in_with(provider, row, client_for(), next)["Location"] == "/"


def test_the_visitor_chooses_no_scope_parameter_or_purpose(
    provider: OidcProvider, row: IdentityProvider
) -> None:
    more = {"scope": "admin", "auth_params": "prompt=none&nonce=mine", "process": "connect", "action": "x"}
    way = client_for().get(start_url(row), more)["Location"]
    for word in ("admin", "prompt", "mine"):
        assert word not in way
    assert "code_challenge_method=S256" in way
    assert "nonce=" in way


def test_a_first_sign_in_is_no_act_of_who_was_signed_in_before(
    provider: OidcProvider, row: IdentityProvider, charlie: User
) -> None:
    row.rules.create(claim="preferred_username", value="newcomer", role="teacher")
    IdentityProvider.objects.update(create_people=True)
    client = client_for(charlie)
    provider.claims = {"preferred_username": "stranger"}
    sign_in_with(provider, row, client)
    assert client.get("/account/").status_code == 200, "a refused sign-in ends nobody's session"
    provider.claims = {"preferred_username": "newcomer"}
    sign_in_with(provider, row, client)
    entries = AuditEntry.objects.filter(action__in=["person.add", "provider.link", "person.sign_in_failed"])
    assert len(entries) == 3
    assert charlie not in {entry.actor for entry in entries}


def test_callbacks_without_end_do_not_fill_the_trail(
    row: IdentityProvider, settings: Any, alice: User
) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    for _ in range(5):
        assert client_for().get(f"{start_url(row)}callback/")["Location"] == "/sign-in/"
    assert audit_actions().count("person.sign_in_failed") == 3


def test_a_subject_that_is_too_long_is_refused_with_a_sentence(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    provider.claims = {"preferred_username": "alice", "sub": "x" * 192}
    assert sign_in_with(provider, row, client_for())["Location"] == "/sign-in/"


def test_a_person_whom_the_console_could_not_have_entered_keeps_the_role(
    provider: OidcProvider, row: IdentityProvider, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(user_id="b" * 40, login="b" * 40)
    IdentityLink.objects.create(provider=row, person=bob, subject="long")
    row.rules.create(claim="preferred_username", value="bob", role="assistant")
    provider.claims = {"preferred_username": "bob", "sub": "long"}
    assert sign_in_with(provider, row, client_for())["Location"] == "/sign-in/"


def test_a_provider_that_is_off_or_unknown_does_not_exist(
    provider: OidcProvider, row: IdentityProvider
) -> None:
    assert client_for().get("/sign-in/with/unknown/").status_code == 404
    IdentityProvider.objects.update(is_enabled=False)
    for path in ("", "callback/"):
        assert client_for().get(start_url(row) + path).status_code == 404


def test_a_provider_in_a_private_network_is_not_asked(
    provider: OidcProvider, row: IdentityProvider, settings: Any
) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = []
    client = client_for()
    assert page_says(client.get(start_url(row), follow=True), FAILED)
    assert provider.asked == []


def page(response: HttpResponse) -> str:
    return response.content.decode()


def test_the_door_shows_the_providers_of_the_remembered_school_alone(
    provider: OidcProvider, row: IdentityProvider, alice: User, other_school: Enterprise
) -> None:
    create_provider(other_school, issuer=provider.issuer, name="Mirror account")
    provider.claims = {"preferred_username": "alice"}
    client = client_for()
    assert "School account" not in page(client.get("/sign-in/"))
    sign_in_with(provider, row, client)
    client.post("/sign-out/")
    door = page(client.get("/sign-in/?next=/people/"))
    assert f'href="{start_url(row)}?next=%2Fpeople%2F"' in door
    assert "Mirror account" not in door


def test_a_mail_domain_leads_to_the_provider(provider: OidcProvider, row: IdentityProvider) -> None:
    IdentityProvider.objects.update(mail_domains=["wonderland.example"])
    client = client_for()
    assert "/sign-in/with/" in page(client.get("/sign-in/"))
    answer = client.post("/sign-in/with/", {"e_mail": "anyone@Wonderland.example", "next": "/people/"})
    assert f'href="{start_url(row)}?next=%2Fpeople%2F"' in page(answer)
    answer = client.post("/sign-in/with/", {"e_mail": "a@wonderland.example", "next": "https://evil.example"})
    assert f'href="{start_url(row)}"' in page(answer)
    assert "elsewhere.example" in page(client.post("/sign-in/with/", {"e_mail": "a@elsewhere.example"}))


def test_a_button_that_a_mail_domain_leads_to_names_its_school(
    provider: OidcProvider, row: IdentityProvider, other_school: Enterprise
) -> None:
    create_provider(other_school, issuer=provider.issuer, name="School account")
    IdentityProvider.objects.update(mail_domains=["wonderland.example"])
    text = page(client_for().post("/sign-in/with/", {"e_mail": "anyone@wonderland.example"}))
    assert text.count("School account") == 2
    for school in (row.enterprise, other_school):
        assert f"School: {school.name}" in text
