"""Whom a provider's claims name, and what the rules of the school make of them."""

from typing import Any

import pytest

from accounts.models import IdentityLink, IdentityProvider, IdentityRule, Role, StudentGroup, User
from accounts.people.erasure import erase_person
from console.outbox.models import Operation
from tests.accounts.school.identity.oidc_provider import OidcProvider
from tests.accounts.school.identity.sign_in_steps import (
    FAILED,
    LINKED,
    NO_ROLE,
    UNKNOWN,
    is_refused,
    sign_in_with,
)
from tests.accounts.sign_in.sign_in_helpers import audit_actions
from tests.support.cast import create_person
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db


def enters(provider: OidcProvider, row: IdentityProvider) -> bool:
    return sign_in_with(provider, row, client_for())["Location"] == "/"


def by_mail(row: IdentityProvider, person: User, **fields: Any) -> None:
    """The provider names people by e-mail, and the office has entered this one's."""
    IdentityProvider.objects.filter(pk=row.pk).update(match_by="e_mail", **fields)
    User.objects.filter(pk=person.pk).update(e_mail="Bob@wonderland.example")


@pytest.mark.parametrize("verified", [True, "true", False, None, "no"])
def test_only_a_verified_address_names_somebody(
    provider: OidcProvider, row: IdentityProvider, bob: User, verified: Any
) -> None:
    by_mail(row, bob)
    provider.claims = {"email": "bob@wonderland.example", "email_verified": verified}
    if verified in (True, "true"):
        assert enters(provider, row)
    else:
        assert is_refused(provider, row, UNKNOWN)


def test_an_address_of_another_domain_names_nobody(
    provider: OidcProvider, row: IdentityProvider, bob: User
) -> None:
    by_mail(row, bob, mail_domains=["looking-glass.example"])
    provider.claims = {"email": "bob@wonderland.example", "email_verified": True}
    assert is_refused(provider, row, UNKNOWN)


def test_an_address_that_two_people_have_names_nobody(
    provider: OidcProvider, row: IdentityProvider, bob: User, alice: User
) -> None:
    by_mail(row, bob)
    by_mail(row, alice)
    provider.claims = {"email": "bob@wonderland.example", "email_verified": True}
    assert is_refused(provider, row, UNKNOWN)


def test_an_address_and_its_verification_come_from_one_source(
    provider: OidcProvider, row: IdentityProvider, bob: User
) -> None:
    by_mail(row, bob, claim="email")
    IdentityRule.objects.create(provider=row, claim="absent", value="x", role=Role.TEACHER)
    provider.claims = {"email": "bob@wonderland.example"}
    provider.userinfo = {"sub": "s-1", "email": "mallory@elsewhere.example", "email_verified": True}
    assert is_refused(provider, row, UNKNOWN)


def test_userinfo_about_somebody_else_opens_nothing(
    provider: OidcProvider, row: IdentityProvider, bob: User
) -> None:
    provider.userinfo = {"sub": "s-2", "preferred_username": "bob"}
    assert is_refused(provider, row, FAILED)
    provider.userinfo = {"sub": "s-1", "preferred_username": "bob"}
    assert enters(provider, row)


def test_an_employee_number_is_a_user_id(provider: OidcProvider, row: IdentityProvider) -> None:
    create_person(row.enterprise, "10042", Role.TEACHER)
    IdentityProvider.objects.update(match_by="employee")
    provider.claims = {"employee_number": 10042}
    assert enters(provider, row)


def test_a_person_is_found_by_the_account_from_then_on(
    provider: OidcProvider, row: IdentityProvider, bob: User, alice: User
) -> None:
    provider.claims = {"preferred_username": "bob"}
    assert enters(provider, row)
    provider.claims = {"preferred_username": "alice"}  # the name was given to somebody else
    assert enters(provider, row)
    assert IdentityLink.objects.get().person == bob


def test_another_account_of_the_same_name_does_not_take_over(
    provider: OidcProvider, row: IdentityProvider, bob: User
) -> None:
    provider.claims = {"preferred_username": "bob"}
    assert enters(provider, row)
    provider.claims = {"preferred_username": "bob", "sub": "s-2"}
    assert is_refused(provider, row, LINKED)


def test_somebody_new_is_added_and_registered_where_a_rule_gives_a_role(
    provider: OidcProvider, row: IdentityProvider
) -> None:
    IdentityProvider.objects.update(create_people=True)
    provider.claims = {"preferred_username": "dodo", "name": "Dodo", "groups": ["staff"]}
    assert is_refused(provider, row, NO_ROLE)
    IdentityRule.objects.create(provider=row, claim="groups", value="staff", role=Role.TEACHER)
    assert enters(provider, row)
    person = User.objects.get()
    assert (person.user_id, person.nickname, person.role) == ("dodo", "Dodo", "teacher")
    assert not person.has_usable_password()
    assert [one.kind for one in Operation.objects.all()] == ["user.register"]


def test_nobody_is_added_under_the_id_of_somebody_else(
    provider: OidcProvider, row: IdentityProvider, bob: User
) -> None:
    IdentityProvider.objects.update(create_people=True, match_by="e_mail")
    IdentityRule.objects.create(provider=row, claim="groups", value="staff", role=Role.ADMIN)
    provider.claims = {"email": "bob@elsewhere.example", "email_verified": True, "groups": ["staff"]}
    assert is_refused(provider, row, UNKNOWN)
    assert list(User.objects.all()) == [bob]


def test_somebody_erased_is_not_added_again(
    provider: OidcProvider, row: IdentityProvider, alice: User, bob: User
) -> None:
    IdentityProvider.objects.update(create_people=True)
    IdentityRule.objects.create(provider=row, claim="groups", value="staff", role=Role.TEACHER)
    provider.claims = {"preferred_username": "bob", "groups": ["staff"]}
    assert enters(provider, row)
    erase_person(person=bob, by=alice, reason="asked")
    assert not IdentityLink.objects.exists()
    assert is_refused(provider, row, UNKNOWN)


def test_the_first_rule_that_matches_gives_the_role_at_each_sign_in(
    provider: OidcProvider, row: IdentityProvider, bob: User
) -> None:
    for value, role in (("office", Role.ADMIN), ("staff", Role.TEACHER)):
        IdentityRule.objects.create(provider=row, claim="groups", value=value, role=role)
    provider.claims = {"preferred_username": "bob", "groups": ["staff", "office"]}
    assert enters(provider, row)
    assert User.objects.get().role == Role.ADMIN
    provider.claims["groups"] = "staff"
    assert enters(provider, row)
    assert User.objects.get().role == Role.TEACHER
    assert audit_actions().count("person.change") == 2


def test_a_role_by_rule_does_not_outlast_the_rule(
    provider: OidcProvider, row: IdentityProvider, bob: User
) -> None:
    IdentityRule.objects.create(provider=row, claim="groups", value="office", role=Role.ADMIN)
    provider.claims = {"preferred_username": "bob"}
    assert enters(provider, row)  # a teacher by the office, whom no rule concerns
    provider.claims["groups"] = ["office"]
    assert enters(provider, row)
    provider.claims["groups"] = []
    assert is_refused(provider, row, NO_ROLE)


def test_no_rule_touches_a_superadmin(provider: OidcProvider, row: IdentityProvider, diana: User) -> None:
    IdentityRule.objects.create(provider=row, claim="groups", value="staff", role=Role.STUDENT)
    provider.claims = {"preferred_username": "diana", "groups": ["staff"]}
    assert enters(provider, row)
    assert User.objects.get().role == Role.SUPERADMIN


def test_rules_move_a_student_among_the_groups_that_they_name(
    provider: OidcProvider, row: IdentityProvider, school: Any
) -> None:
    student = create_person(school, "dina", Role.STUDENT)
    groups = {name: StudentGroup.objects.create(enterprise=school, name=name) for name in "ABC"}
    groups["C"].students.add(student)
    for name in "AB":
        IdentityRule.objects.create(provider=row, claim="class", value=name, group=groups[name])
    provider.claims = {"preferred_username": "dina", "class": "A"}
    assert enters(provider, row)
    provider.claims["class"] = "B"
    assert enters(provider, row)
    assert sorted(group.name for group in student.student_groups.all()) == ["B", "C"]
