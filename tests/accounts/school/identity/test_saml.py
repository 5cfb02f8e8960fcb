"""Sign-in with a provider of SAML 2.0: the flow itself, and the sentences of what goes wrong."""

import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.http import HttpResponse

from accounts.models import Enterprise, IdentityLink, IdentityProvider, SamlSignIn, User
from accounts.school.identity.saml.exchange import delete_expired_requests
from tests.accounts.school.identity.conftest import create_saml_provider
from tests.accounts.school.identity.saml_idp import KeyPair, SamlIdp
from tests.accounts.school.identity.saml_steps import ask, own, post_answer, sign_in_with_saml
from tests.accounts.school.identity.sign_in_steps import start_url
from tests.accounts.sign_in.sign_in_helpers import SECRET as TOTP
from tests.accounts.sign_in.sign_in_helpers import add_second_factor, audit_actions, audit_values, totp_code
from tests.support.page_client import LANGUAGES, client_for, page_says

pytestmark = pytest.mark.django_db
SENTENCES = {
    "failed": "Single sign-on failed. Try again. If it keeps failing, sign in with your password.",
    "denied": "The identity provider did not sign you in. Try again, or sign in with your password.",
    "unasked": "This sign-in was started at the identity provider, which the console does not accept. Start "
    "it here, with the button of your school.",
    "encrypted": "The identity provider encrypts its answer, which the console cannot read. Ask your school "
    "administrator to turn off the encryption of assertions for this console.",
    "unsigned": "The identity provider does not sign its assertions. Ask your school administrator to turn "
    "on signatures of assertions; a signature of the response alone is not enough.",
    "clock": "The answer of the identity provider is not valid at this time. Try again. If it keeps failing, "
    "the clocks of the provider and of the console differ.",
    "audience": "The identity provider answered for another service. Ask your school administrator to "
    "compare the entity ID of the console there.",
    "transient": "The identity provider gives you another name at each sign-in. Ask your school "
    "administrator to let it send a persistent NameID.",
    "limited": "Too many failed sign-ins with this identity provider from your network. Try again in a "
    "while, or sign in with your password.",
    "used": "This sign-in has been used already. Start again.",
    "late": "The sign-in took too long. Start again.",
    "browser": "This sign-in was started in another browser, or is over. Start again here.",
}
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


def is_told(client: Any, answer: HttpResponse, reason: str, language: str = "en") -> bool:
    """Whether the browser is led to the sign-in page, is told this, and is not in."""
    door = client.get(answer["Location"], follow=True)
    outside = client.get("/people/").status_code == 302
    return (
        door.redirect_chain[-1][0] == "/sign-in/" and page_says(door, SENTENCES[reason], language) and outside
    )


def test_an_attribute_with_a_user_id_signs_that_person_in(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User
) -> None:
    idp.attributes = {"uid": "alice"}
    client = client_for()
    assert sign_in_with_saml(idp, saml_row, client, "/groups/")["Location"] == "/groups/"
    assert client.get("/people/").status_code == 200
    assert audit_values("actor", "after") == [
        ("provider.link", None, {"provider": "School account"}),
        ("person.sign_in", alice.pk, {"by": "sso", "address": "127.0.0.1"}),
    ]
    assert IdentityLink.objects.get().subject == "s-1"
    assert SamlSignIn.objects.get().claims is None


def test_both_signatures_are_fine_and_several_certificates_too(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User
) -> None:
    idp.attributes, idp.signs = {"uid": "alice"}, ("saml:Assertion", "samlp:Response")
    new = KeyPair()
    saml_row.certificates = [idp.keys.pem, new.pem]
    saml_row.save()
    assert sign_in_with_saml(idp, saml_row, client_for())["Location"] == "/"
    old, idp.keys = idp.keys, new
    assert sign_in_with_saml(idp, saml_row, client_for())["Location"] == "/"
    saml_row.certificates, idp.keys = [new.pem], old
    saml_row.save()
    client = client_for()
    answer = post_answer(saml_row, idp.response(ask(saml_row, client), own(saml_row)))
    assert is_told(client, answer, "failed")


def test_the_form_of_another_site_touches_no_session(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User
) -> None:
    idp.attributes = {"uid": "alice"}
    request_id = ask(saml_row, client_for())
    for root in (idp.response(request_id, own(saml_row)), idp.response("_other", own(saml_row))):
        answer = post_answer(saml_row, root)
        assert answer.status_code == 303
        assert not answer.cookies


def test_nobody_is_signed_in_by_the_answer_of_somebody_else(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User, bob: User
) -> None:
    idp.attributes = {"uid": "bob"}
    attacker, victim = client_for(), client_for()
    answer = post_answer(saml_row, idp.response(ask(saml_row, attacker), own(saml_row)))
    ask(saml_row, victim)  # the victim has a request of their own under way
    assert is_told(victim, answer, "browser")
    assert attacker.get(answer["Location"])["Location"] == "/"
    attacker.post("/sign-out/")
    assert is_told(attacker, answer, "browser"), "an answer is fetched once"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("reason", "values"),
    [
        ("unasked", {"changes": {"request_id": "", "confirmed_id": ""}}),
        ("denied", {"changes": {"status": "Responder"}}),
        ("unsigned", {"signs": ("samlp:Response",)}),
        ("audience", {"changes": {"audience": "https://elsewhere.example"}}),
        ("clock", {"changes": {"now": "2020-01-01T00:00:00Z"}}),
        ("transient", {"changes": {"name_format": TRANSIENT}}),
        ("failed", {"changes": {"destination": "https://elsewhere.example"}}),
        ("late", {"changes": {"request_id": "_unknown", "confirmed_id": "_unknown"}}),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_goes_wrong_is_told_as_a_sentence(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User, reason: str, values: dict[str, Any], language: str
) -> None:
    idp.attributes = {"uid": "alice"}
    vars(idp).update(values)
    client = client_for(language=language)
    answer = post_answer(saml_row, idp.response(ask(saml_row, client), own(saml_row)))
    assert is_told(client, answer, reason, language)


def test_an_encrypted_assertion_is_told_as_a_sentence(idp: SamlIdp, saml_row: IdentityProvider) -> None:
    idp.tamper = lambda root: root.append(root.makeelement(f"{root[0].tag[:-6]}EncryptedAssertion")) or root
    client = client_for()
    answer = post_answer(saml_row, idp.response(ask(saml_row, client), own(saml_row)))
    assert is_told(client, answer, "encrypted")


def test_an_answer_counts_once_and_in_time(idp: SamlIdp, saml_row: IdentityProvider, alice: User) -> None:
    idp.attributes = {"uid": "alice"}
    client = client_for()
    root = idp.response(ask(saml_row, client), own(saml_row))
    answer = post_answer(saml_row, root)
    assert is_told(client_for(), post_answer(saml_row, root), "used")
    SamlSignIn.objects.update(answered_at=F("answered_at") - timedelta(minutes=3))
    assert is_told(client, answer, "late")
    request_id = ask(saml_row, client)
    SamlSignIn.objects.update(started_at=F("started_at") - timedelta(minutes=16))
    assert is_told(client, post_answer(saml_row, idp.response(request_id, own(saml_row))), "late")


def test_what_nobody_fetched_is_emptied_and_old_rows_go(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User
) -> None:
    idp.attributes = {"uid": "alice"}
    post_answer(saml_row, idp.response(ask(saml_row, client_for()), own(saml_row)))
    assert delete_expired_requests() == 0
    SamlSignIn.objects.update(answered_at=F("answered_at") - timedelta(minutes=3))
    assert delete_expired_requests() == 1
    assert SamlSignIn.objects.get().claims is None
    SamlSignIn.objects.update(kept_until=F("kept_until") - timedelta(days=1))
    assert delete_expired_requests() == 1


def test_the_second_factor_is_asked_for_all_the_same(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User
) -> None:
    add_second_factor(alice)
    idp.attributes = {"uid": "alice"}
    client = client_for()
    assert sign_in_with_saml(idp, saml_row, client)["Location"] == "/sign-in/code/"
    client.post("/sign-in/code/", {"code": totp_code(TOTP)})
    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize("next", ["https://a.example/", "//a.example/", "javascript:alert(1)"])
def test_the_way_leads_to_no_other_site(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User, next: str
) -> None:
    idp.attributes = {"uid": "alice"}
    assert sign_in_with_saml(idp, saml_row, client_for(), next)["Location"] == "/"


def test_answers_without_end_do_not_fill_the_trail(saml_row: IdentityProvider, settings: Any) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    for _ in range(5):
        client_for().post(f"{start_url(saml_row)}saml/", {"SAMLResponse": "x"})
    assert audit_actions().count("person.sign_in_failed") == 3


def test_a_provider_that_is_off_or_of_another_kind_has_no_addresses(
    row: IdentityProvider, saml_row: IdentityProvider
) -> None:
    paths = ("saml/finish/", "saml/sign-out/")
    for path in (*paths, "saml/metadata/"):
        assert client_for().get(start_url(row) + path).status_code == 404
    assert client_for().get(f"{start_url(saml_row)}callback/").status_code == 404
    IdentityProvider.objects.update(is_enabled=False)
    for path in ("", *paths):
        assert client_for().get(start_url(saml_row) + path).status_code == 404
    assert client_for().post(f"{start_url(saml_row)}saml/").status_code == 404
    assert client_for().get(f"{start_url(saml_row)}saml/metadata/").status_code == 200


def test_a_request_for_one_provider_is_nothing_to_another(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User
) -> None:
    other = create_saml_provider(saml_row.enterprise, idp)
    idp.attributes = {"uid": "alice"}
    client = client_for()
    assert is_told(client, post_answer(other, idp.response(ask(saml_row, client), own(other))), "late")


def test_without_the_packages_the_sign_in_and_the_page_say_so(
    idp: SamlIdp, saml_row: IdentityProvider, diana: User, other_school: Enterprise, monkeypatch: Any
) -> None:
    monkeypatch.setitem(sys.modules, "onelogin", None)
    sentence = (
        "Not installed: the operator of the console installs it with “make saml”, then restarts the console."
    )
    assert page_says(client_for().get(start_url(saml_row), follow=True), sentence)
    assert page_says(client_for(diana).get("/school/providers/"), sentence)
    assert client_for(diana).get("/school/providers/new/saml/").status_code == 404
    assert client_for().post(f"{start_url(saml_row)}saml/", {"SAMLResponse": "x"}).status_code == 303
