"""The pages on which a superadmin sets up identity providers."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import (
    Enterprise,
    IdentityLink,
    IdentityProvider,
    IdentityRule,
    Role,
    StudentGroup,
    User,
)
from accounts.school.identity.services import change_provider
from console.vault.secret import Secret
from tests.accounts.school.identity.conftest import create_provider
from tests.accounts.school.identity.oidc_provider import OidcProvider
from tests.accounts.school.identity.sign_in_steps import sign_in_with
from tests.accounts.sign_in.sign_in_helpers import audit_actions, audit_values
from tests.support.page_client import client_for, page_says

pytestmark = pytest.mark.django_db
LIST = "/school/providers/"
FORM = {
    "name": "School account",
    "issuer": "https://id.school.example/.well-known/openid-configuration",
    "client_id": "console",
    "client_secret": "quite-secret",
    "mail_domains": "School.example, @wonderland.example school.example",
    "match_by": "user_id",
    "is_enabled": "on",
}
TENANT = "3f2a8c1e-0000-4000-8000-000000000001"


def errors(response: Any) -> dict[str, Any]:
    return dict(response.context["form"].errors)


def test_a_superadmin_adds_a_provider_and_the_secret_is_sealed(diana: User) -> None:
    answer = client_for(diana).post(f"{LIST}new/oidc/", FORM)
    assert answer["Location"] == LIST
    row = IdentityProvider.objects.get()
    assert (row.issuer, row.mail_domains) == (
        "https://id.school.example",
        ["school.example", "wonderland.example"],
    )
    assert row.client_secret.reveal() == "quite-secret"
    assert "quite-secret" not in str(audit_values("after"))
    page = client_for(diana).get(f"{LIST}{row.pk}/").content.decode()
    assert f"/sign-in/with/{row.slug}/callback/" in page
    assert f"/sign-in/with/{row.slug}/sign-out/" in page
    assert "quite-secret" not in page


def test_no_one_but_a_superadmin_has_the_pages(
    diana: User, alice: User, bob: User, charlie: User, school: Enterprise
) -> None:
    row = create_provider(school, issuer="https://id.school.example")
    paths = (LIST, f"{LIST}new/oidc/", f"{LIST}{row.pk}/", f"{LIST}{row.pk}/edit/", f"{LIST}{row.pk}/delete/")
    for path in paths:
        assert [client_for(one).get(path).status_code for one in (diana, alice, bob)] == [200, 403, 403]
    charlie.role = Role.SUPERADMIN
    charlie.save(update_fields=["role"])
    for path in paths[2:]:
        assert client_for(charlie).get(path).status_code == 404


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("oidc", {"issuer": "id.school.example"}, "issuer"),
        ("oidc", {"issuer": "https://a:b@id.school.example"}, "issuer"),
        ("oidc", {"issuer": "https://id.school.example/?x=1"}, "issuer"),
        ("oidc", {"mail_domains": "school"}, "mail_domains"),
        ("oidc", {"mail_domains": " ".join(f"{n}.example" for n in range(21))}, "mail_domains"),
        ("oidc", {"client_secret": ""}, "client_secret"),
        ("google", {"mail_domains": ""}, "mail_domains"),
        ("microsoft", {"tenant": "common"}, "tenant"),
        ("microsoft", {"tenant": "school.onmicrosoft.com"}, "tenant"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    diana: User, kind: str, fields: dict[str, str], field: str
) -> None:
    answer = client_for(diana).post(f"{LIST}new/{kind}/", FORM | fields)
    assert list(errors(answer)) == [field]
    assert not IdentityProvider.objects.exists()


def test_google_and_microsoft_are_presets(diana: User) -> None:
    client = client_for(diana)
    for kind, more in (("google", {}), ("microsoft", {"tenant": TENANT.upper()})):
        assert client.post(f"{LIST}new/{kind}/", FORM | more)["Location"] == LIST
    pages = [
        client.get(f"{LIST}{one.pk}/").content.decode() for one in IdentityProvider.objects.order_by("pk")
    ]
    assert "https://accounts.google.com" in pages[0]
    assert f"https://login.microsoftonline.com/{TENANT}/v2.0" in pages[1]


def test_a_change_keeps_the_secret_and_another_issuer_unlinks(
    provider: OidcProvider, row: IdentityProvider, diana: User, bob: User
) -> None:
    provider.claims = {"preferred_username": "bob"}
    sign_in_with(provider, row, client_for())
    kept = {"issuer": provider.issuer, "client_id": row.client_id, "client_secret": ""}
    form = FORM | kept | {"name": "New name"}
    assert client_for(diana).post(f"{LIST}{row.pk}/edit/", form)["Location"] == f"{LIST}{row.pk}/"
    row.refresh_from_db()
    assert row.name == "New name"
    assert row.client_secret.reveal() == "the-secret-of-the-client"
    assert row.links.count() == 1
    elsewhere = form | {"issuer": "https://id.school.example"}
    answer = client_for(diana).post(f"{LIST}{row.pk}/edit/", elsewhere)
    assert list(errors(answer)) == ["client_secret"], "nobody has the stored secret sent to another address"
    assert row.links.count() == 1
    client_for(diana).post(f"{LIST}{row.pk}/edit/", elsewhere | {"client_secret": "another-secret"})
    assert row.links.count() == 0


def test_the_accounts_of_another_corporation_are_other_accounts(
    diana: User, bob: User, school: Enterprise
) -> None:
    row = create_provider(school, kind="wecom", client_id="corp-1", tenant="1000002")
    IdentityLink.objects.create(provider=row, person=bob, subject="zhangsan")
    change_provider(provider=row, by=diana, client_id="corp-2", client_secret=Secret("of-the-second"))
    assert row.links.count() == 0


def test_two_who_change_the_same_field_do_not_overwrite_each_other(
    row: IdentityProvider, diana: User
) -> None:
    client = client_for(diana)
    seen = client.get(f"{LIST}{row.pk}/edit/").context["form"].seen_json
    IdentityProvider.objects.update(name="Meanwhile")
    form = FORM | {"issuer": row.issuer, "name": "Mine", "seen": seen}
    answer = client.post(f"{LIST}{row.pk}/edit/", form)
    assert list(errors(answer)) == ["name"]


def test_providers_change_places_and_are_deleted(diana: User, school: Enterprise) -> None:
    rows = [create_provider(school, name=name, position=n) for n, name in enumerate("abc")]
    client = client_for(diana)
    client.post(f"{LIST}{rows[2].pk}/move/", {"direction": "up"})
    client.post(f"{LIST}{rows[0].pk}/move/", {"direction": "up"})
    client.post(f"{LIST}{rows[1].pk}/delete/")
    assert [one.name for one in IdentityProvider.objects.all()] == ["a", "c"]
    assert audit_actions() == ["provider.move", "provider.delete"]


def test_rules_give_no_role_that_nobody_may_give(
    row: IdentityProvider, diana: User, other_school: Enterprise
) -> None:
    client, path = client_for(diana), f"{LIST}{row.pk}/rules/new/"
    foreign = StudentGroup.objects.create(enterprise=other_school, name="Foreign")
    rule = {"claim": "groups", "value": "staff"}
    for refused in ({"role": "superadmin"}, {"role": "visitor"}, {}, {"group": foreign.pk}):
        assert errors(client.post(path, rule | refused))
    assert client.post(path, rule | {"role": "admin"})["Location"] == f"{LIST}{row.pk}/"
    found = IdentityRule.objects.get()
    assert found.role == "admin"
    for role in ("superadmin", "visitor", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentityRule.objects.create(provider=row, claim="x", value="y", role=role)
    client.post(f"{LIST}{row.pk}/rules/{found.pk}/delete/")
    assert not IdentityRule.objects.exists()
    assert audit_actions() == ["provider.rule_add", "provider.rule_delete"]


def test_a_person_is_unlinked_by_user_id(
    provider: OidcProvider, row: IdentityProvider, diana: User, bob: User
) -> None:
    provider.claims = {"preferred_username": "bob"}
    sign_in_with(provider, row, client_for())
    client, path = client_for(diana), f"{LIST}{row.pk}/unlink/"
    assert errors(client.post(path, {"user_id": "nobody"}))
    assert client.post(path, {"user_id": "bob"})["Location"] == f"{LIST}{row.pk}/"
    assert row.links.count() == 0


GOOD = "The provider answers, and its description and keys are valid."
BAD = {
    "private": "The address leads into a private network. Ask the operator of the console to allow it "
    "(ALLOWED_PRIVATE_NETWORKS).",
    "issuer": "The provider calls itself by another name than the issuer entered here. Compare both.",
    "incomplete": "The provider's description is incomplete. Check the issuer.",
    "dead": "The provider does not answer as expected. Check the address, or try again later.",
}


def test_the_test_says_what_is_wrong(
    provider: OidcProvider, row: IdentityProvider, diana: User, settings: Any
) -> None:
    client, path = client_for(diana), f"{LIST}{row.pk}/test/"
    assert page_says(client.post(path, follow=True), GOOD)
    provider.discovery_changes = {"jwks_uri": None}
    assert page_says(client.post(path, follow=True), BAD["incomplete"])
    provider.discovery_changes, provider.claimed_issuer = {}, "https://elsewhere.example"
    assert page_says(client.post(path, follow=True), BAD["issuer"])
    provider.dies_at = "/.well-known/openid-configuration"
    assert page_says(client.post(path, follow=True), BAD["dead"])
    settings.ALLOWED_PRIVATE_NETWORKS = []
    assert page_says(client.post(path, follow=True), BAD["private"])
    assert audit_values("after")[0] == ("provider.test", {"succeeded": True})
