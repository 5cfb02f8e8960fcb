"""1,000 hostile ID tokens, and hostile states at the callback: none is accepted.

All tokens go to the validation of the sign-in; at whole sign-ins there is one of each kind, all with
FAULTS=full.
"""

from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import IdentityLink, IdentityProvider, User
from accounts.school.identity.id_tokens import TokenRefused, verify_id_token
from tests.accounts.school.identity.conftest import create_provider
from tests.accounts.school.identity.hostile_tokens import JUNK, TokenForge
from tests.accounts.school.identity.oidc_provider import CLIENT, OidcProvider
from tests.accounts.school.identity.sign_in_steps import sign_in_with, start_url
from tests.faults.goals import goal
from tests.faults.sizes import FULL_TIMEOUT_S, size
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
TOKENS, SEED, NONCE = 1_000, 20261128, "the-nonce-of-this-sign-in"


def is_in(client: Client, response: HttpResponse) -> bool:
    """Whether somebody is signed in after the callback, or was sent anywhere but to the door."""
    at_door = response.status_code == 400 or response["Location"] == "/sign-in/"
    return not at_door or "_auth_user_id" in client.session


def test_no_hostile_token_is_valid(provider: OidcProvider) -> None:
    keys = (provider.answer("/keys", {}) or {})["keys"]
    overheard = [provider.sign(provider.body(f"nonce {number}")) for number in range(5)]
    forge = TokenForge(provider, SEED, overheard)
    accepted = Counter[str]()
    for hostile in forge.tokens(TOKENS, lambda: provider.body(NONCE)):
        try:
            verify_id_token(hostile.token, keys, issuer=provider.issuer, client_id=CLIENT, nonce=NONCE)
        except TokenRefused:
            continue
        accepted[hostile.kind] += 1
    goal("hostile ID tokens", tokens=TOKENS, kinds=len(forge.kinds), accepted=accepted.total())
    assert not accepted
    good = provider.sign(provider.body(NONCE))
    assert verify_id_token(good, keys, issuer=provider.issuer, client_id=CLIENT, nonce=NONCE)["sub"] == "s-1"


@pytest.mark.faults
@pytest.mark.timeout(FULL_TIMEOUT_S)
def test_no_hostile_token_opens_an_account(
    provider: OidcProvider, row: IdentityProvider, alice: User, other_school: Any
) -> None:
    foreign = create_provider(other_school, issuer=provider.issuer)
    provider.claims = {"preferred_username": "alice"}
    overheard: list[str] = []
    provider.raw_token = lambda body: overheard.append(provider.sign(body)) or overheard[-1]
    for one in (row, foreign):  # one sign-in that worked, and one of another school
        sign_in_with(provider, one, client_for())
    forge = TokenForge(provider, SEED, overheard)
    number = size(full=TOKENS, ci=len(forge.kinds))
    made: list[Any] = []
    bodies: list[dict[str, Any]] = []
    tokens = forge.tokens(number, lambda: bodies[-1])

    def answer(body: dict[str, Any]) -> Any:
        bodies.append(body)
        made.append(next(tokens))
        return made[-1].token

    provider.raw_token = answer
    client, accepted = client_for(), Counter[str]()
    for _number in range(number):
        if is_in(client, sign_in_with(provider, row, client)):
            accepted[made[-1].kind] += 1
            client = client_for()
    goal("sign-ins with hostile ID tokens", tokens=len(made), accepted=accepted.total())
    assert not accepted
    assert IdentityLink.objects.count() == 1
    provider.raw_token = None
    assert sign_in_with(provider, row, client_for())["Location"] == "/"  # a good one still opens it


def test_no_hostile_state_opens_an_account(
    provider: OidcProvider, row: IdentityProvider, alice: User, other_school: Any
) -> None:
    foreign = create_provider(other_school, issuer=provider.issuer)
    provider.claims = {"preferred_username": "alice"}
    back = urlsplit(provider.callback_url_after_login(client_for().get(start_url(row))["Location"]))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    victim = client_for()
    other = victim.get(start_url(foreign))["Location"].split("state=")[1].split("&")[0]
    state = query["state"]
    changed = [state[:-1], f"{state}x", state.swapcase(), state[::-1], f" {state}", f"{state}\0", other]
    states = [state, *changed, *map(str, JUNK)]
    answers = [victim.get(back.path, query | {"state": one}) for one in states]
    answers.append(victim.get(back.path, {"code": query["code"]}))
    accepted = sum(is_in(victim, answer) for answer in answers)
    goal("hostile states", states=len(answers), accepted=accepted)
    assert accepted == 0
    assert "/token" not in provider.asked
