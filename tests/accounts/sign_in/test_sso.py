"""Single sign-on by OpenID Connect, against a provider that speaks it over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client

from accounts.models import Enterprise, User
from accounts.services import deactivate_person
from tests.accounts.sign_in.door import SECRET as TOTP
from tests.accounts.sign_in.door import acts, app_shows, trail, with_factor
from tests.accounts.sign_in.provider import CLIENT, SECRET, Provider, new_key, running
from tests.support.pages import LANGUAGES, reader, says

pytestmark = pytest.mark.django_db
WAY = "/sign-in/oidc/sso/"
UNKNOWN = (
    "Single sign-on knows you, but opens no login of this console. "
    "Ask the administrator of your school which login you have."
)
FAILED = "Single sign-on did not work. Try again; if it happens again, sign in with your password."


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with running() as provider:
        more = {"server_url": provider.issuer, "fetch_userinfo": False}
        app = {"provider_id": "sso", "name": "", "client_id": CLIENT, "secret": SECRET, "settings": more}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield provider


def through(provider: Provider, client: Client, next: str = "") -> HttpResponse:
    """Off to the provider and back, as a browser does it."""
    way = client.get(WAY, {"next": next} if next else {})["Location"]
    assert way.startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.come_back_address(way))


def refused(provider: Provider, words: str, language: str = "en") -> bool:
    """Whether one comes back to the door, is told these words, and is not in."""
    client = reader(language=language)
    answer = through(provider, client)
    door = client.get(answer["Location"])
    return answer["Location"] == "/sign-in/" and says(door, words, language)


def test_a_claim_with_a_login_signs_that_person_in(provider: Provider, alice: User) -> None:
    provider.claims = {"preferred_username": "alice@1400000001"}
    client = reader()
    assert through(provider, client, "/groups/")["Location"] == "/groups/"
    assert client.get("/people/").status_code == 200
    assert trail("actor", "after") == [
        ("person.sign_in", alice.pk, {"by": "sso", "address": "127.0.0.1"}),
    ]


def test_the_door_shows_the_way_only_where_there_is_one(
    provider: Provider, school: Enterprise, settings: Any
) -> None:
    assert f'href="{WAY}?next=%2Fpeople%2F"' in reader().get("/sign-in/?next=/people/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert WAY not in reader().get("/sign-in/").content.decode()
    assert reader().get(WAY).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_made(provider: Provider, alice: User, language: str) -> None:
    provider.claims = {"preferred_username": "nobody@1400000001"}
    assert refused(provider, UNKNOWN, language)
    assert list(User.objects.all()) == [alice]
    assert not SocialAccount.objects.exists()
    assert acts() == ["person.sign_in_failed"]


@pytest.mark.parametrize("claim", [None, "", 7, ["alice@1400000001"], {"a": 1}])
def test_a_claim_that_is_no_login_opens_nothing(provider: Provider, alice: User, claim: Any) -> None:
    provider.claims = {"preferred_username": claim}
    assert refused(provider, UNKNOWN)


def test_somebody_deactivated_stays_outside(provider: Provider, alice: User, bob: User) -> None:
    deactivate_person(person=bob, by=alice)
    provider.claims = {"preferred_username": bob.login}
    assert refused(provider, UNKNOWN)


def test_an_operator_does_not_come_in_this_way(provider: Provider, olga: User) -> None:
    provider.claims = {"preferred_username": "olga"}
    assert refused(provider, UNKNOWN)


def test_with_the_number_of_a_school_the_user_id_is_enough(
    provider: Provider, alice: User, charlie: User, settings: Any
) -> None:
    settings.OIDC_SDKAPPID, settings.OIDC_LOGIN_CLAIM = "1400000001", "uid"
    provider.claims = {"uid": "alice"}
    assert through(provider, reader())["Location"] == "/"
    provider.claims = {"uid": charlie.login}
    assert refused(provider, UNKNOWN)


def test_the_second_factor_is_asked_for_all_the_same(provider: Provider, clock: Any, alice: User) -> None:
    with_factor(alice)
    provider.claims = {"preferred_username": alice.login}
    client = reader()
    assert through(provider, client)["Location"] == "/sign-in/code/"
    assert client.get("/people/").status_code == 302
    client.post("/sign-in/code/", {"code": app_shows(TOTP)})
    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"iss": "http://127.0.0.1:1"}, {"aud": "another-client"}, {"exp": 1_000_000_000}],
    ids=["issuer", "audience", "over"],
)
def test_a_token_for_somebody_else_opens_nothing(provider: Provider, alice: User, change: Any) -> None:
    provider.claims, provider.token_changes = {"preferred_username": alice.login}, change
    assert refused(provider, FAILED)


def test_a_token_that_another_key_signed_opens_nothing(provider: Provider, alice: User) -> None:
    provider.claims, provider.signs_with = {"preferred_username": alice.login}, new_key()
    assert refused(provider, FAILED)
    assert "/keys" in provider.asked


def test_a_way_back_that_nobody_went_opens_nothing(provider: Provider, alice: User) -> None:
    provider.claims = {"preferred_username": alice.login}
    way = reader().get(WAY)["Location"]
    answer = reader().get(provider.come_back_address(way))
    assert answer["Location"] == "/sign-in/"


def test_a_code_is_good_once(provider: Provider, alice: User) -> None:
    provider.claims = {"preferred_username": alice.login}
    client = reader()
    back = provider.come_back_address(client.get(WAY)["Location"])
    assert client.get(back)["Location"] == "/"
    client.post("/sign-out/")
    assert client.get(back)["Location"] == "/sign-in/"


def test_who_changes_their_mind_is_back_at_the_door(provider: Provider, school: Enterprise) -> None:
    client = reader()
    state = client.get(WAY)["Location"].split("state=")[1].split("&")[0]
    answer = client.get(f"{WAY}callback/", {"error": "access_denied", "state": state})
    assert answer["Location"] == "/sign-in/"


def test_a_provider_that_is_away_is_told_as_a_sentence(provider: Provider, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = (
        "http://127.0.0.1:9"
    )
    client = reader()
    assert says(client.get(WAY, follow=True), FAILED)
    assert reader().get("/sign-in/oidc/other/").status_code == 404


def test_a_provider_that_calls_itself_otherwise_opens_nothing(provider: Provider, alice: User) -> None:
    provider.claims = {"preferred_username": "alice@1400000001"}
    provider.calls_itself = provider.token_changes["iss"] = "https://elsewhere.example"
    assert refused(provider, FAILED)
    assert "/token" not in provider.asked
