"""REST tokens of people: made with proof, seen once, narrow, ending, withdrawn, on record."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from rest_framework.test import APIClient

from accounts import tasks
from accounts.models import Enterprise, Role, User
from accounts.people import services
from accounts.sign_in import api_tokens
from accounts.sign_in.forms.security import PROOF_FIELD
from accounts.sign_in.services import change_password
from console.audit.models import AuditEntry
from console.notifications.models import Notification
from console.policy.models import ApiToken
from console.policy.tokens import issue_token, token_digest
from tests.accounts.sign_in.sign_in_helpers import PASSWORD, audit_actions
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

NEW = "/account/tokens/new/"
CHOSEN = {"name": "Timetable on the wall", "days": "30", "scope_lessons": "read"}


def api(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def made(client: Any, **more: str) -> str:
    """The token that the page shows after the form."""
    found = re.search(r'id="token" value="([\w-]{43})"', page_text(client.post(NEW, {**CHOSEN, **more})))
    assert found
    return found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_made_on_a_page_and_shown_once(alice: User, language: str) -> None:
    client = client_for(alice, language)
    token = made(client)
    row = ApiToken.objects.get()
    assert (row.user, row.name, row.scopes, row.days_left) == (
        *(alice, "Timetable on the wall", ["lessons:read"]),
        29,
    )
    assert api(token).get("/api/v1/lessons/").status_code == 200
    listed = client.get("/account/tokens/")
    assert "Timetable on the wall" in page_text(listed)
    assert token not in page_text(listed)
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(t::text, '') from policy_apitoken t")
        assert token not in cursor.fetchone()[0]


def test_the_answer_is_kept_by_no_cache(alice: User) -> None:
    assert "no-store" in client_for(alice).post(NEW, CHOSEN)["Cache-Control"]


def test_it_wants_a_fresh_proof_of_who_asks(alice: User, clock: Any) -> None:
    client = client_for(alice)
    clock.shift(timedelta(minutes=11))
    assert page_says(client.post(NEW, CHOSEN), "Confirm that it is you")
    assert not ApiToken.objects.exists()
    assert page_says(client.post(NEW, {PROOF_FIELD: PASSWORD}), "Your new REST token")
    assert ApiToken.objects.get().scopes == ["lessons:read"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scope_lessons": ""}, "Choose at least one permission."),
        ({"name": ""}, ""),
        ({"days": "0"}, ""),
        ({"days": "366"}, ""),
        ({"scope_audit": "write"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    alice: User, wrong: dict[str, str], sentence: str, language: str
) -> None:
    page = client_for(alice, language).post(NEW, {**CHOSEN, **wrong})
    assert page.context["form"].errors
    assert not sentence or page_says(page, sentence, language)
    assert 'value="30"' in page_text(page) or "days" in wrong
    assert not ApiToken.objects.exists()


def test_a_teacher_is_offered_what_a_teacher_may(bob: User) -> None:
    form = client_for(bob).get(NEW).context["form"]
    assert {"all", "lessons", "attendance", "documents"} <= set(form.families)
    assert not {"audit", "exchange"} & set(form.families)
    refused = client_for(bob).post(NEW, {**CHOSEN, "scope_lessons": "", "scope_audit": "read"})
    assert refused.context["form"].errors


@pytest.mark.parametrize(
    ("scopes", "opens", "shut"),
    [
        (["lessons:read"], ["lessons/"], ["users/", "groups/", "operations/", "audit/"]),
        (["people:read", "groups:read"], ["users/", "groups/"], ["lessons/", "callbacks/"]),
        (["all:read"], ["users/", "lessons/", "operations/", "audit/"], []),
    ],
)
def test_a_token_opens_what_its_scopes_name(
    alice: User, scopes: list[str], opens: list[str], shut: list[str]
) -> None:
    client = api(issue_token(alice, scopes=scopes))
    assert {client.get(f"/api/v1/{path}").status_code for path in opens} == {200}
    for path in shut:
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 403
        assert ":read" in answer.json()["detail"]


def test_reading_changes_nothing(alice: User, bob: User) -> None:
    reading, writing = (api(issue_token(alice, scopes=[f"people:{kind}"])) for kind in ("read", "write"))
    told = {"nickname": "Robert"}
    assert reading.patch("/api/v1/users/bob/", told).status_code == 403
    assert User.objects.get(pk=bob.pk).nickname == "Bob"
    assert writing.patch("/api/v1/users/bob/", told).status_code == 200
    assert writing.get("/api/v1/users/").status_code == 200


def test_a_scope_never_lifts_its_person(bob: User) -> None:
    """Whatever stands in the row: the role is asked as well."""
    client = api(issue_token(bob, scopes=["all:write", "people:write", "audit:read"]))
    assert client.get("/api/v1/users/").status_code == 403
    assert client.get("/api/v1/audit/").status_code == 403
    assert client.post("/api/v1/groups/", {"name": "Hatters"}).status_code == 403


def test_a_token_ends_and_says_so(alice: User, clock: Any) -> None:
    client = api(issue_token(alice, days=3))
    clock.shift(timedelta(days=2, hours=23))
    assert client.get("/api/v1/users/").status_code == 200
    clock.shift(timedelta(hours=1))
    over = client.get("/api/v1/users/", headers={"accept-language": "en"})
    assert over.status_code == 401
    assert "has expired" in over.json()["detail"]


@pytest.mark.parametrize("why", ["deactivated", "another role", "password of another"])
def test_tokens_end_with_the_sign_in(alice: User, bob: User, why: str) -> None:
    client = api(issue_token(bob))
    if why == "deactivated":
        services.deactivate_person(person=bob, by=alice)
        services.reactivate_person(person=bob, by=alice)
    elif why == "another role":
        services.edit_person(person=bob, by=alice, role=Role.ASSISTANT)
    else:
        change_password(person=bob, password=PASSWORD[::-1], by=alice)
    assert client.get("/api/v1/lessons/").status_code == 401
    assert "person.api_token_ended" in audit_actions()


def test_ones_own_new_password_leaves_programs_alone(bob: User) -> None:
    client = api(issue_token(bob))
    change_password(person=bob, password=PASSWORD[::-1], by=bob)
    assert client.get("/api/v1/lessons/").status_code == 200


def test_one_withdraws_ones_own(alice: User, charlie: User) -> None:
    client, theirs = client_for(alice), ApiToken.objects.get(digest=token_digest(issue_token(charlie)))
    token = issue_token(alice)
    mine = ApiToken.objects.get(user=alice)
    address = f"/account/tokens/{mine.pk}/withdraw/"
    assert page_says(client.get(address), "Programs that use it are rejected immediately.")
    assert client.post(address)["Location"] == "/account/tokens/"
    assert api(token).get("/api/v1/users/").status_code == 401
    assert client.post(f"/account/tokens/{theirs.pk}/withdraw/").status_code == 404
    assert list(ApiToken.objects.all()) == [theirs]


def test_administrators_see_all_of_the_school_and_end_them(alice: User, bob: User, charlie: User) -> None:
    issue_token(bob, "Bob's robot", scopes=["lessons:read"])
    issue_token(charlie, "Charlie's robot")
    client = client_for(alice)
    page = client.get("/people/tokens/")
    assert "Bob's robot" in page_text(page)
    assert "Charlie" not in page_text(page)
    assert "Bob's robot" not in page_text(client.get("/people/tokens/?q=nothing"))
    robot = ApiToken.objects.get(user=bob)
    assert client.post(f"/people/tokens/{robot.pk}/withdraw/")["Location"] == "/people/tokens/"
    assert not ApiToken.objects.filter(user=bob).exists()
    entry = AuditEntry.objects.get(action="person.api_token_ended")
    assert (entry.actor, entry.before["name"]) == (alice, "Bob's robot")


def test_an_administrator_does_not_end_the_token_of_a_superadmin(alice: User, school: Enterprise) -> None:
    root = create_person(school, "root", Role.SUPERADMIN)
    issue_token(root)
    address = f"/people/tokens/{ApiToken.objects.get(user=root).pk}/withdraw/"
    assert client_for(alice).post(address).status_code == 403
    assert client_for(root).post(address).status_code == 302


def test_a_teacher_sees_the_own_ones_alone(alice: User, bob: User) -> None:
    issue_token(alice, "Alice's robot")
    assert client_for(bob).get("/people/tokens/").status_code == 403
    assert "Alice's robot" not in page_text(client_for(bob).get("/account/tokens/"))
    assert client_for(bob).post(f"/account/tokens/{ApiToken.objects.get().pk}/withdraw/").status_code == 403


def test_making_one_is_on_record_without_the_token(alice: User) -> None:
    token = made(client_for(alice))
    entry = AuditEntry.objects.get(action="person.api_token")
    assert (entry.actor, entry.after["scopes"], entry.after["days"]) == (alice, ["lessons:read"], 30)
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(t::text, '') from audit_auditentry t")
        assert token not in cursor.fetchone()[0]


def test_people_are_told_a_week_and_a_day_before_each_once(alice: User, clock: Any) -> None:
    issue_token(alice, "Wall", days=30)
    told = []
    for days in (0, 22, 1, 1, 5, 0, 2):
        clock.shift(timedelta(days=days))
        told.append(tasks.notify_token_owners())
    assert told == [0, 0, 1, 0, 1, 0, 0]
    assert {notice.person for notice in Notification.objects.filter(kind="token.ends")} == {alice}


def test_long_ended_ones_go(alice: User, clock: Any) -> None:
    issue_token(alice, days=1)
    clock.shift(timedelta(days=30))
    assert api_tokens.delete_expired_tokens() == 0
    clock.shift(timedelta(days=2))
    assert api_tokens.delete_expired_tokens() == 1


def test_the_command_makes_narrow_ones(bob: User) -> None:
    out = StringIO()
    call_command("apitoken", bob.login, "--scope", "lessons:read", "--days", "7", stdout=out)
    client = api(out.getvalue().strip())
    assert client.get("/api/v1/lessons/").status_code == 200
    assert client.get("/api/v1/documents/").status_code == 403
    assert ApiToken.objects.get().days_left == 6


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--scope", "audit:read"], "audit:read"),
        (["--scope", "robots:write"], "robots:write"),
        (["--days", "400"], "365"),
        (["--days", "-1"], "365"),
    ],
)
def test_the_command_refuses_more_than_may_be(bob: User, asked: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=re.escape(words)):
        call_command("apitoken", bob.login, *asked)
    assert not ApiToken.objects.exists()
