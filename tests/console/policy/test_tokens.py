import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from console.policy.models import ApiToken
from console.policy.tokens import issue_token, token_digest

pytestmark = pytest.mark.urls("tests.console.policy.urls")
PEOPLE = "/api/people/"


def client_with(header: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    return client


def test_a_token_opens_the_door_to_its_person(alice: User) -> None:
    response = client_with(f"Token {issue_token(alice)}").get(PEOPLE)
    assert response.status_code == 200
    assert [row["user_id"] for row in response.data["results"]] == ["alice"]


def test_only_a_digest_is_stored(alice: User) -> None:
    token = issue_token(alice, "timetable export")
    with connection.cursor() as cursor:
        cursor.execute("select policy_apitoken::text from policy_apitoken")
        row = cursor.fetchone()[0]
    assert token not in row
    assert token_digest(token) in row
    assert re.fullmatch(r"[0-9a-f]{64}", token_digest(token))
    assert len(token) >= 43


def test_tokens_are_never_alike_and_each_is_of_one_person(alice: User, charlie: User) -> None:
    tokens = {issue_token(person) for person in (alice, alice, charlie) for _ in range(20)}
    assert len(tokens) == 60
    rows = client_with(f"Token {issue_token(charlie)}").get(PEOPLE).data["results"]
    assert [row["user_id"] for row in rows] == ["charlie"]


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token  ",
        "Token a b",
        "Token wrong",
        "token WRONG",
        "Token \xff\xfe",
        "Bearer x",
        "Basic YTpi",
        "",
    ],
)
def test_any_other_header_is_refused_with_a_sentence(alice: User, header: str) -> None:
    issue_token(alice)
    response = client_with(header).get(PEOPLE)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert len(response.data["detail"]) >= 10


def test_the_digest_itself_is_no_token(alice: User) -> None:
    assert client_with(f"Token {token_digest(issue_token(alice))}").get(PEOPLE).status_code == 401


def test_a_deactivated_person_and_a_withdrawn_token_get_the_answer_of_a_wrong_one(
    alice: User, bob: User
) -> None:
    wrong = client_with("Token wrong").get(PEOPLE)
    token, other = issue_token(alice), issue_token(bob)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    ApiToken.objects.filter(user=bob).delete()
    for refused in (client_with(f"Token {token}").get(PEOPLE), client_with(f"Token {other}").get(PEOPLE)):
        expected = wrong.data | {"request_id": refused.data["request_id"]}
        assert (refused.status_code, refused.data) == (wrong.status_code, expected)


def test_the_last_use_is_noted_to_the_minute(alice: User) -> None:
    client = client_with(f"Token {issue_token(alice)}")
    noon = datetime(2026, 5, 3, 12, tzinfo=UTC)
    seen = []
    for seconds in (0, 30, 61):
        with time_machine.travel(noon + timedelta(seconds=seconds), tick=False):
            client.get(PEOPLE)
        seen.append(ApiToken.objects.get().last_used_at)
    assert seen == [noon, noon, noon + timedelta(seconds=61)]


def test_the_command_prints_the_token_and_nothing_else(alice: User) -> None:
    out = StringIO()
    call_command("apitoken", alice.login, stdout=out)
    token = out.getvalue().removesuffix("\n")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43,}", token)
    assert client_with(f"Token {token}").get(PEOPLE).status_code == 200


def test_the_command_says_what_is_wrong_with_a_login(alice: User) -> None:
    with pytest.raises(CommandError, match="no person with the login nobody@1"):
        call_command("apitoken", "nobody@1")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(CommandError, match="deactivated"):
        call_command("apitoken", alice.login)
    assert not ApiToken.objects.exists()
