"""Single sign-on by OpenID Connect, against a provider that speaks it over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client

from accounts.models import Enterprise, User
from accounts.people.services import deactivate_person
from tests.accounts.sign_in.oidc_provider import CLIENT, SECRET, OidcProvider, new_key, running_provider
from tests.accounts.sign_in.sign_in_helpers import SECRET as TOTP
from tests.accounts.sign_in.sign_in_helpers import add_second_factor, audit_actions, audit_values, totp_code
from tests.support.page_client import LANGUAGES, client_for, page_says

pytestmark = pytest.mark.django_db
WAY = "/sign-in/oidc/sso/"
UNKNOWN = (
    "Single sign-on worked, but there is no matching login in the console. Ask your school administrator."
)
FAILED = "Single sign-on failed. Try again. If it keeps failing, sign in with your password."


@pytest.fixture
def provider(settings: Any) -> Iterator[OidcProvider]:
    with running_provider() as provider:
        more = {"server_url": provider.issuer, "fetch_userinfo": False}
        app = {"provider_id": "sso", "name": "", "client_id": CLIENT, "secret": SECRET, "settings": more}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield provider


def through(provider: OidcProvider, client: Client, next: str = "") -> HttpResponse:
    """Off to the provider and back, as a browser does it."""
    way = client.get(WAY, {"next": next} if next else {})["Location"]
    assert way.startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.callback_url_after_login(way))


def refused(provider: OidcProvider, words: str, language: str = "en") -> bool:
    """Whether one comes back to the door, is told these words, and is not in."""
    client = client_for(language=language)
    answer = through(provider, client)
    door = client.get(answer["Location"])
    return answer["Location"] == "/sign-in/" and page_says(door, words, language)


def test_a_claim_with_a_login_signs_that_person_in(provider: OidcProvider, alice: User) -> None:
    provider.claims = {"preferred_username": "alice@1400000001"}
    client = client_for()
    assert through(provider, client, "/groups/")["Location"] == "/groups/"
    assert client.get("/people/").status_code == 200
    assert audit_values("actor", "after") == [
        ("person.sign_in", alice.pk, {"by": "sso", "address": "127.0.0.1"}),
    ]


def test_the_door_shows_the_way_only_where_there_is_one(
    provider: OidcProvider, school: Enterprise, settings: Any
) -> None:
    assert f'href="{WAY}?next=%2Fpeople%2F"' in client_for().get("/sign-in/?next=/people/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert WAY not in client_for().get("/sign-in/").content.decode()
    assert client_for().get(WAY).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_made(provider: OidcProvider, alice: User, language: str) -> None:
    provider.claims = {"preferred_username": "nobody@1400000001"}
    assert refused(provider, UNKNOWN, language)
    assert list(User.objects.all()) == [alice]
    assert not SocialAccount.objects.exists()
    assert audit_actions() == ["person.sign_in_failed"]


@pytest.mark.parametrize("claim", [None, "", 7, ["alice@1400000001"], {"a": 1}])
def test_a_claim_that_is_no_login_opens_nothing(provider: OidcProvider, alice: User, claim: Any) -> None:
    provider.claims = {"preferred_username": claim}
    assert refused(provider, UNKNOWN)


def test_somebody_deactivated_stays_outside(provider: OidcProvider, alice: User, bob: User) -> None:
    deactivate_person(person=bob, by=alice)
    provider.claims = {"preferred_username": bob.login}
    assert refused(provider, UNKNOWN)


def test_an_operator_does_not_come_in_this_way(provider: OidcProvider, olga: User) -> None:
    provider.claims = {"preferred_username": "olga"}
    assert refused(provider, UNKNOWN)


def test_with_the_number_of_a_school_the_user_id_is_enough(
    provider: OidcProvider, alice: User, charlie: User, settings: Any
) -> None:
    settings.OIDC_SDKAPPID, settings.OIDC_LOGIN_CLAIM = "1400000001", "uid"
    provider.claims = {"uid": "alice"}
    assert through(provider, client_for())["Location"] == "/"
    provider.claims = {"uid": charlie.login}
    assert refused(provider, UNKNOWN)


def test_the_second_factor_is_asked_for_all_the_same(provider: OidcProvider, clock: Any, alice: User) -> None:
    add_second_factor(alice)
    provider.claims = {"preferred_username": alice.login}
    client = client_for()
    assert through(provider, client)["Location"] == "/sign-in/code/"
    assert client.get("/people/").status_code == 302
    client.post("/sign-in/code/", {"code": totp_code(TOTP)})
    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"iss": "http://127.0.0.1:1"}, {"aud": "another-client"}, {"exp": 1_000_000_000}],
    ids=["issuer", "audience", "over"],
)
def test_a_token_for_somebody_else_opens_nothing(provider: OidcProvider, alice: User, change: Any) -> None:
    provider.claims, provider.token_changes = {"preferred_username": alice.login}, change
    assert refused(provider, FAILED)


def test_a_token_that_another_key_signed_opens_nothing(provider: OidcProvider, alice: User) -> None:
    provider.claims, provider.signing_key = {"preferred_username": alice.login}, new_key()
    assert refused(provider, FAILED)
    assert "/keys" in provider.asked


def test_a_way_back_that_nobody_went_opens_nothing(provider: OidcProvider, alice: User) -> None:
    provider.claims = {"preferred_username": alice.login}
    way = client_for().get(WAY)["Location"]
    answer = client_for().get(provider.callback_url_after_login(way))
    assert answer["Location"] == "/sign-in/"


def test_a_code_is_good_once(provider: OidcProvider, alice: User) -> None:
    provider.claims = {"preferred_username": alice.login}
    client = client_for()
    back = provider.callback_url_after_login(client.get(WAY)["Location"])
    assert client.get(back)["Location"] == "/"
    client.post("/sign-out/")
    assert client.get(back)["Location"] == "/sign-in/"


def test_who_changes_their_mind_is_back_at_the_door(provider: OidcProvider, school: Enterprise) -> None:
    client = client_for()
    state = client.get(WAY)["Location"].split("state=")[1].split("&")[0]
    answer = client.get(f"{WAY}callback/", {"error": "access_denied", "state": state})
    assert answer["Location"] == "/sign-in/"


def test_a_provider_that_is_away_is_told_as_a_sentence(provider: OidcProvider, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = (
        "http://127.0.0.1:9"
    )
    client = client_for()
    assert page_says(client.get(WAY, follow=True), FAILED)
    assert client_for().get("/sign-in/oidc/other/").status_code == 404


def test_a_provider_that_calls_itself_otherwise_opens_nothing(provider: OidcProvider, alice: User) -> None:
    provider.claims = {"preferred_username": "alice@1400000001"}
    provider.claimed_issuer = provider.token_changes["iss"] = "https://elsewhere.example"
    assert refused(provider, FAILED)
    assert "/token" not in provider.asked
