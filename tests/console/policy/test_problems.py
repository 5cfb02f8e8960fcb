"""Every error of REST is a problem of RFC 9457, in both languages; every answer says what is left."""

import pytest
from django.test import Client

from accounts.models import User
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_errors_of_all_kinds_have_the_members_of_a_problem(alice: User, bob: User, language: str) -> None:
    admin, teacher = rest_client(alice), rest_client(bob)
    head = {"headers": {"accept-language": language}}
    answers = {
        401: Client().get("/api/v1/users/", **head),
        403: teacher.get("/api/v1/users/alice/", **head),
        404: admin.get("/api/v1/users/nobody/", **head),
        405: admin.put("/api/v1/users/", **head),
        400: admin.post("/api/v1/users/", {}, **head),
        415: admin.post("/api/v1/users/", "x", content_type="text/plain", **head),
        412: admin.patch("/api/v1/users/bob/", {}, headers={"if-match": '"x"', "accept-language": language}),
    }
    for status, answer in answers.items():
        body = answer.json()
        assert (answer.status_code, body["status"]) == (status, status)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert body.keys() >= MEMBERS
        assert body["type"].endswith(body["code"])
        assert ("一" <= body["title"][0] <= "鿿") == (language == "zh-hans"), body
    unknown = Client().get("/api/v1/nothing/", **head)
    assert unknown.headers["Content-Type"] == "application/problem+json"
    assert unknown.json().keys() >= MEMBERS


def test_errors_of_fields_are_told_together_and_one_by_one(alice: User) -> None:
    head = {"accept-language": "en"}
    body = rest_client(alice).post("/api/v1/courses/", {}, headers=head).json()
    assert body["errors"].keys() >= {"title", "teacher"}
    assert body["title"] == "The request is invalid", "a field does not replace a member of the standard"
    assert body["teacher"] == body["errors"]["teacher"]
    assert body["detail"]


def test_every_answer_says_how_many_requests_are_left(alice: User, settings) -> None:
    settings.REST_REQUESTS_A_MINUTE = 2
    client = rest_client(alice)
    answers = [client.get("/api/v1/users/"), client.get("/api/v1/nobody/"), client.get("/api/v1/users/x/")]
    answers.append(client.get("/api/v1/users/"))
    told = [one.headers.get("RateLimit-Remaining") for one in answers]
    assert told == ["1", None, "0", "0"], "an address that does not exist counts for nobody"
    assert [one.status_code for one in answers] == [200, 404, 404, 429]
    assert answers[0].headers["RateLimit-Limit"] == "2"
    assert answers[0].headers["RateLimit-Policy"] == "2;w=60"
    assert 0 < int(answers[-1].headers["RateLimit-Reset"]) <= 60
