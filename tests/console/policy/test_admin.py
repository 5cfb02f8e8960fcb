import pytest
from django.test import Client

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.audit.trail import record
from console.policy.models import ApiToken
from console.policy.tokens import issue_token

pytestmark = pytest.mark.urls("tests.console.policy.urls")


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_administrator_sees_the_rows_of_the_own_school(alice: User, bob: User, charlie: User) -> None:
    page = of(alice).get("/admin/accounts/user/").content.decode()
    assert "Bob" in page
    assert "Charlie" not in page
    assert of(alice).get(f"/admin/accounts/user/{charlie.pk}/change/").status_code == 302


def test_an_operator_sees_the_schools_alone(olga: User, alice: User, charlie: User) -> None:
    client = of(olga)
    page = client.get("/admin/accounts/enterprise/").content.decode()
    assert "Wonderland" in page
    assert "Looking-Glass" in page
    for table in (
        "accounts/user",
        "audit/auditentry",
        "policy/apitoken",
        "classes/lesson",
        "outbox/operation",
    ):
        assert client.get(f"/admin/{table}/").status_code == 403


def test_the_choices_of_a_filter_are_those_of_the_own_school(alice: User, bob: User, charlie: User) -> None:
    for user in (alice, charlie):
        issue_token(user)
    record("person.pull", bob, by=alice)
    page = of(alice).get("/admin/policy/apitoken/").content.decode()
    assert "charlie" not in page.lower()


def test_the_trail_names_people_there_and_masks_their_contacts(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice, before={"phone_no": "13812345678"}, after={"phone_no": ""})
    for address in ("", f"{entry.pk}/change/"):
        page = of(alice).get(f"/admin/audit/auditentry/{address}").content.decode()
        assert "Bob" in page
        assert "p1." not in page
        assert "13812345678" not in page
    assert "138****5678" in page


def test_the_trail_is_read_there_and_changed_by_nobody(alice: User, bob: User, charlie: User) -> None:
    mine, other = record("person.pull", bob, by=alice), record("person.pull", charlie, by=charlie)
    client = of(alice)
    assert client.get("/admin/audit/auditentry/").content.decode().count("person.pull") == 1
    assert client.get(f"/admin/audit/auditentry/{mine.pk}/change/").status_code == 200
    assert client.get(f"/admin/audit/auditentry/{other.pk}/change/").status_code == 302
    assert client.post(f"/admin/audit/auditentry/{mine.pk}/change/", {"reason": "x"}).status_code == 403
    assert client.post(f"/admin/audit/auditentry/{mine.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/audit/auditentry/add/").status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [mine.pk], "post": "yes"}
    client.post("/admin/audit/auditentry/", chosen)
    assert AuditEntry.objects.count() == 2


def test_own_tokens_are_withdrawn_there_one_or_many(alice: User, charlie: User) -> None:
    for user in (alice, alice, alice, charlie):
        issue_token(user)
    client = of(alice)
    one, *rest = ApiToken.objects.filter(user=alice)
    assert client.post(f"/admin/policy/apitoken/{one.pk}/delete/", {"post": "yes"}).status_code == 302
    theirs = ApiToken.objects.get(user=charlie)
    chosen = {"action": "delete_selected", "_selected_action": [*(row.pk for row in rest), theirs.pk]}
    assert client.post("/admin/policy/apitoken/", chosen).status_code == 200
    client.post("/admin/policy/apitoken/", {**chosen, "post": "yes"})
    assert list(ApiToken.objects.all()) == [theirs]


def test_no_secret_stands_on_the_page_of_a_school(olga: User, school: Enterprise) -> None:
    page = of(olga).get(f"/admin/accounts/enterprise/{school.pk}/change/").content.decode()
    assert school.tic_key.reveal() not in page
    assert Enterprise.objects.values_list("tic_key", flat=True).get() not in page
    assert "…lU" in page
