"""While the database is away, pages and REST say so with a time to try again, and the next one goes on."""

import json
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection
from django.test import Client

from accounts.models import StudentGroup, User
from console.database_outage import RETRY_AFTER_S, is_outage
from console.policy.tokens import issue_token
from tests.support.database import own_url
from tests.support.page_client import LANGUAGES, client_for, page_says


def end_connection() -> None:
    """Let the server end our connection, as it does when it is shut down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(own_url(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def lasting(client: Client) -> Client:
    client.raise_request_exception = False
    return client


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_that_it_comes_again_and_then_does(bob: User, language: str) -> None:
    client = lasting(client_for(bob, language))
    assert client.get("/timetable/").status_code == 200
    end_connection()
    page = client.get("/timetable/")
    assert (page.status_code, page["Retry-After"]) == (503, str(RETRY_AFTER_S))
    assert page_says(page, "Not available for a moment", language)
    assert f'http-equiv="refresh" content="{RETRY_AFTER_S}"' in page.content.decode()
    assert client.get("/timetable/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_sent_is_not_sent_again_by_itself(alice: User, language: str) -> None:
    client = lasting(client_for(alice, language))
    end_connection()
    page = client.post("/groups/new/", {"name": "7A"})
    assert page.status_code == 503
    assert "refresh" not in page.content.decode()
    assert page_says(
        page,
        "Go back in your browser, where what you typed is still there. Check whether it was saved, and if "
        "not, send it again.",
        language,
    )
    assert not StudentGroup.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rest_answers_a_problem_and_takes_the_request_once_it_is_repeated(alice: User) -> None:
    headers: Any = {"authorization": f"Token {issue_token(alice)}", "idempotency-key": "7A"}
    client = lasting(Client(headers=headers))
    end_connection()
    first, second = (
        client.post("/api/v1/groups/", {"name": "7A"}, content_type="application/json") for _ in range(2)
    )
    assert (first.status_code, first["Retry-After"]) == (503, str(RETRY_AFTER_S))
    assert first["Content-Type"] == "application/problem+json"
    assert json.loads(first.content)["code"] == "unavailable"
    assert second.status_code == 201
    assert StudentGroup.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_server_that_takes_no_writes_any_more_is_left(alice: User) -> None:
    client = lasting(client_for(alice))
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    assert client.post("/groups/new/", {"name": "7A"}).status_code == 503
    assert client.post("/groups/new/", {"name": "7A"}).status_code == 302


@pytest.mark.parametrize(
    ("error", "cause", "expected"),
    [
        (OperationalError, psycopg.OperationalError("connection refused"), True),
        (OperationalError, psycopg.errors.AdminShutdown(), True),
        (OperationalError, psycopg.errors.CannotConnectNow(), True),
        (OperationalError, psycopg.errors.ConnectionFailure(), True),
        (InternalError, psycopg.errors.ReadOnlySqlTransaction(), True),
        (InterfaceError, psycopg.InterfaceError("the connection is closed"), True),
        (OperationalError, psycopg.errors.DeadlockDetected(), False),
        (OperationalError, psycopg.errors.QueryCanceled(), False),
        (DatabaseError, psycopg.DatabaseError("a wrong query"), False),
        (ValueError, None, False),
    ],
)
def test_only_a_database_that_is_away_is_an_outage(error: Any, cause: Any, expected: bool) -> None:
    raised = error("…")
    raised.__cause__ = cause
    assert is_outage(raised) is expected


def test_no_error_is_no_outage() -> None:
    assert is_outage(None) is False
