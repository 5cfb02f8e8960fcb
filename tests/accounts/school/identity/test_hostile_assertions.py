"""Hostile responses of SAML 2.0: none is accepted. 1,000 of them with FAULTS=full.

In every run four of each kind go to the validation of the sign-in and its exchange, and whole sign-ins have
one of each. The controls switch a defence off and have to see a hostile one come in.
"""

from collections import Counter
from typing import Any

import pytest

from accounts.models import IdentityLink, IdentityProvider, User
from accounts.school.identity.saml import exchange
from accounts.school.identity.saml.responses import ResponseRefused, read_response
from tests.accounts.school.identity.conftest import create_saml_provider
from tests.accounts.school.identity.hostile_assertions import SamlForge
from tests.accounts.school.identity.saml_idp import SamlIdp, encode
from tests.accounts.school.identity.saml_steps import ask, own, sign_in_with_saml
from tests.accounts.school.identity.sign_in_steps import start_url
from tests.faults.goals import goal, sabotage
from tests.faults.sizes import FULL_TIMEOUT_S, size
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
RESPONSES, SEED = 1_000, 20261128


@pytest.fixture
def forge(idp: SamlIdp, saml_row: IdentityProvider, alice: User, bob: User, other_school: Any) -> SamlForge:
    """Bob makes hostile answers, from two good ones that he was given; Alice is whom he wants to be."""
    foreign = create_saml_provider(other_school, idp)
    idp.attributes = {"uid": "bob"}
    overheard: list[str] = []
    idp.tamper = lambda root: overheard.append(encode(root)) or root
    for row in (saml_row, foreign):
        sign_in_with_saml(idp, row, client_for())
    idp.tamper = None
    assert IdentityLink.objects.count() == 1
    return SamlForge(idp, own(saml_row), own(foreign), SEED, overheard)


def is_accepted(row: IdentityProvider, text: str) -> bool:
    try:
        exchange.take_answer(row, read_response(row, text))
    except (ResponseRefused, ValueError):
        return False
    return True


def hostile_accepted(forge: SamlForge, row: IdentityProvider, number: int) -> Counter[str]:
    """Send hostile answers to one request that waits; return those that were accepted, by kind."""
    request_id = ask(row, client_for())
    found = Counter[str]()
    for hostile in forge.responses(number, request_id):
        if is_accepted(row, hostile.text):
            found[hostile.kind] += 1
            request_id = forge.request_id = ask(row, client_for())
    good = encode(forge.idp.response(request_id, own(row)))
    assert is_accepted(row, good)  # the request waited all the time
    assert not is_accepted(row, good)
    return found


@pytest.mark.faults
@pytest.mark.timeout(FULL_TIMEOUT_S)
def test_no_hostile_response_is_accepted(forge: SamlForge, saml_row: IdentityProvider) -> None:
    number = size(full=RESPONSES, ci=4 * len(forge.kinds))
    accepted = hostile_accepted(forge, saml_row, number)
    goal("hostile SAML responses", responses=number, kinds=len(forge.kinds), accepted=accepted.total())
    assert not accepted


@pytest.mark.faults
@pytest.mark.timeout(FULL_TIMEOUT_S)
def test_no_hostile_response_opens_an_account(
    forge: SamlForge, saml_row: IdentityProvider, settings: Any
) -> None:
    number = size(full=RESPONSES, ci=len(forge.kinds))
    settings.SIGN_IN_ADDRESS_ATTEMPTS = number + 1  # each of them is checked, none refused by the limit
    client, accepted = client_for(), Counter[str]()
    for hostile in forge.responses(number, ask(saml_row, client)):
        answer = client_for().post(f"{start_url(saml_row)}saml/", {"SAMLResponse": hostile.text})
        shown = client.get(answer["Location"])
        if shown["Location"] != "/sign-in/" or "_auth_user_id" in client.session:
            accepted[hostile.kind] += 1
            client = client_for()
            forge.request_id = ask(saml_row, client)
    goal("sign-ins with hostile SAML responses", responses=number, accepted=accepted.total())
    assert not accepted
    assert IdentityLink.objects.count() == 1
    assert (
        sign_in_with_saml(forge.idp, saml_row, client_for())["Location"] == "/"
    )  # a good one still opens it


@pytest.mark.parametrize("defence", ["saml.signature", "saml.form"])
def test_without_a_defence_a_hostile_response_is_accepted(
    forge: SamlForge, saml_row: IdentityProvider, defence: str
) -> None:
    def check() -> None:
        assert not hostile_accepted(forge, saml_row, len(forge.kinds) * 3)

    sabotage(defence, check)
