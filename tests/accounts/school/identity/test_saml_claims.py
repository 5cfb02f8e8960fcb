"""Whom the attributes of SAML 2.0 name, and what the rules of the school make of them."""

from typing import Any

import pytest

from accounts.models import IdentityLink, IdentityProvider, IdentityRule, Role, User
from console.outbox.models import Operation
from tests.accounts.school.identity.saml_idp import SamlIdp
from tests.accounts.school.identity.saml_steps import sign_in_with_saml
from tests.accounts.school.identity.sign_in_steps import LINKED, NO_ROLE, UNKNOWN
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_says

pytestmark = pytest.mark.django_db
MAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"


def enters(idp: SamlIdp, row: IdentityProvider) -> bool:
    return sign_in_with_saml(idp, row, client_for())["Location"] == "/"


def is_refused(idp: SamlIdp, row: IdentityProvider, words: str) -> bool:
    client = client_for()
    door = client.get(sign_in_with_saml(idp, row, client)["Location"])
    return page_says(door, words) and client.get("/people/").status_code == 302


@pytest.mark.parametrize("name", ["uid", "urn:oid:0.9.2342.19200300.100.1.1", "preferred_username"])
def test_a_user_id_comes_under_the_usual_names(
    idp: SamlIdp, saml_row: IdentityProvider, bob: User, name: str
) -> None:
    idp.attributes = {name: "bob"}
    assert enters(idp, saml_row)


@pytest.mark.parametrize("value", ["", "nobody", ["bob", "alice"], "bob@elsewhere.example", " "])
def test_what_names_nobody_opens_nothing(
    idp: SamlIdp, saml_row: IdentityProvider, bob: User, value: Any
) -> None:
    idp.attributes = {"uid": value}
    assert is_refused(idp, saml_row, UNKNOWN)


def test_people_are_found_by_the_name_id_or_an_employee_number(
    idp: SamlIdp, saml_row: IdentityProvider, bob: User
) -> None:
    idp.name_id = "bob"
    IdentityProvider.objects.update(claim="NameID")
    assert enters(idp, saml_row)
    create_person(saml_row.enterprise, "10042", Role.TEACHER)
    IdentityProvider.objects.update(claim="", match_by="employee")
    idp.name_id, idp.attributes = "s-2", {"employeeNumber": "10042"}
    assert enters(idp, saml_row)


@pytest.mark.parametrize(
    ("domains", "address", "works"),
    [
        (["wonderland.example"], "bob@wonderland.example", True),
        (["wonderland.example"], "bob@elsewhere.example", False),
        ([], "bob@wonderland.example", False),
    ],
)
def test_an_address_counts_in_the_domains_of_the_school_alone(
    idp: SamlIdp, saml_row: IdentityProvider, bob: User, domains: list[str], address: str, works: bool
) -> None:
    User.objects.filter(pk=bob.pk).update(e_mail=address)
    IdentityProvider.objects.update(match_by="e_mail", mail_domains=domains)
    idp.attributes = {MAIL: address, "email_verified": "true"}
    assert enters(idp, saml_row) if works else is_refused(idp, saml_row, UNKNOWN)


def test_a_name_id_may_be_the_address(idp: SamlIdp, saml_row: IdentityProvider, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(e_mail="bob@wonderland.example")
    IdentityProvider.objects.update(match_by="e_mail", mail_domains=["wonderland.example"])
    idp.name_id = "bob@wonderland.example"
    assert is_refused(idp, saml_row, UNKNOWN)
    idp.changes = {"name_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"}
    assert enters(idp, saml_row)


def test_nobody_asserts_what_the_console_says_itself(
    idp: SamlIdp, saml_row: IdentityProvider, bob: User
) -> None:
    idp.attributes = {"uid": "bob", "sub": "s-9", "NameID": "s-9", "sid": "nine", "id_token": "x"}
    assert enters(idp, saml_row)
    link = IdentityLink.objects.get()
    assert (link.subject, link.session_ids) == ("s-1", ["one"])


def test_a_name_that_changes_each_time_needs_an_attribute_that_does_not(
    idp: SamlIdp, saml_row: IdentityProvider, bob: User
) -> None:
    idp.changes = {"name_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}
    idp.attributes = {"uid": "bob", "urn:oasis:names:tc:SAML:attribute:pairwise-id": "x@school.example"}
    for idp.name_id in ("t-1", "t-2"):
        assert enters(idp, saml_row)
    assert IdentityLink.objects.get().subject == "x@school.example"


def test_another_account_of_the_same_name_does_not_take_over(
    idp: SamlIdp, saml_row: IdentityProvider, bob: User
) -> None:
    idp.attributes = {"uid": "bob"}
    assert enters(idp, saml_row)
    idp.name_id = "s-2"
    assert is_refused(idp, saml_row, LINKED)


def test_somebody_new_is_added_and_registered_where_a_rule_gives_a_role(
    idp: SamlIdp, saml_row: IdentityProvider
) -> None:
    IdentityProvider.objects.update(create_people=True)
    idp.attributes = {"uid": "dodo", "displayName": "Dodo", "groups": ["staff", "choir"]}
    assert is_refused(idp, saml_row, NO_ROLE)
    IdentityRule.objects.create(provider=saml_row, claim="groups", value="staff", role=Role.TEACHER)
    assert enters(idp, saml_row)
    person = User.objects.get()
    assert (person.user_id, person.nickname, person.role) == ("dodo", "Dodo", "teacher")
    assert [one.kind for one in Operation.objects.all()] == ["user.register"]


def test_no_rule_touches_a_superadmin(idp: SamlIdp, saml_row: IdentityProvider, diana: User) -> None:
    IdentityRule.objects.create(provider=saml_row, claim="groups", value="staff", role=Role.STUDENT)
    idp.attributes = {"uid": "diana", "groups": "staff"}
    assert enters(idp, saml_row)
    assert User.objects.get().role == Role.SUPERADMIN
