"""The pages behind a password link: from the address to the first page, and every way in which it ends."""

import logging
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from accounts.models import PasswordLink, User
from accounts.sign_in import password_links
from accounts.sign_in.password_links import Delivery
from console.concurrency import Conflict
from console.error_views import ConflictPageMiddleware
from tests.accounts.sign_in.sign_in_helpers import add_second_factor, audit_values
from tests.support.page_client import client_for, page_says, page_text

PASSWORD = "croquet at half past four"
REFUSED = "Ask your school administrator for a new one."


@pytest.fixture
def token(alice: User, dina: User) -> str:
    return password_links.issue_link(person=dina, by=alice, delivery=Delivery.CARD).token


def open_link(client: Client, token: str) -> HttpResponse:
    return client.get(f"/password/{token}/", follow=True)


def submit(client: Client, password: str = PASSWORD, repeated: str = "") -> HttpResponse:
    typed = {"new_password1": password, "new_password2": repeated or password}
    return client.post("/password/", typed)


def test_the_link_leads_to_the_form_and_the_password_signs_in(dina: User, token: str) -> None:
    client = client_for()
    first = client.get(f"/password/{token}/")
    assert (first.status_code, first["Location"]) == (302, "/password/")
    assert first["Referrer-Policy"] == "no-referrer"
    assert "no-store" in first["Cache-Control"]
    page = client.get("/password/")
    assert "no-store" in page["Cache-Control"]
    assert token not in page_text(page)
    assert dina.login in page_text(page)
    assert submit(client)["Location"] == "/"
    assert client.get("/account/").context["user"] == dina
    assert ("person.sign_in", {"by": "link", "address": "127.0.0.1"}) in audit_values("after")
    dina.refresh_from_db()
    assert dina.check_password(PASSWORD)


def test_opening_the_link_does_not_use_it_up(token: str) -> None:
    client = client_for()
    for _ in range(3):
        assert open_link(client_for(), token).status_code == 200
        assert client.head(f"/password/{token}/").status_code == 302
    open_link(client, token)
    assert submit(client).status_code == 302


def test_the_form_refuses_what_the_account_page_refuses(dina: User, token: str) -> None:
    client = client_for()
    open_link(client, token)
    for password, repeated in (("short", ""), ("password123", ""), ("20261125", ""), (PASSWORD, "another")):
        page = submit(client, password, repeated)
        assert page.status_code == 200
        assert page.context["form"].errors
        assert password not in page_text(page)
    dina.refresh_from_db()
    assert not dina.check_password("password123")
    assert submit(client).status_code == 302


@pytest.mark.parametrize("end", ["used", "revoked", "expired", "unknown", "deactivated"])
def test_every_link_that_does_not_work_gets_the_same_answer(
    alice: User, dina: User, token: str, end: str
) -> None:
    client = client_for()
    open_link(client, token)
    if end == "used":
        other = client_for()
        open_link(other, token)
        submit(other)
    elif end == "revoked":
        password_links.revoke_link(person=dina, by=alice)
    elif end == "expired":
        PasswordLink.objects.update(expires_at=timezone.now())
    elif end == "deactivated":
        User.objects.filter(pk=dina.pk).update(is_active=False)
    late = submit(client) if end != "unknown" else open_link(client, "unknown")
    again = open_link(client_for(), "unknown" if end == "unknown" else token)
    plain = client_for().get("/password/")
    for page in (late, again, plain):
        assert page.status_code == 404
        assert page_says(page, "This link does not work")
        assert REFUSED in page_text(page)
        assert dina.login not in page_text(page)
    assert again.content.count(b"<") == plain.content.count(b"<")


def test_unknown_tokens_are_limited_and_do_not_lock_sign_in(
    token: str, settings: Any, alice: User, dina: User
) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    for number in range(3):
        open_link(client_for(), f"guess{number}")
    page = open_link(client_for(), token)
    assert page.redirect_chain == [("/sign-in/", 302)]
    assert "Too many failed attempts." in page_text(page)
    typed = {"username": alice.login, "password": "cheshire-cat-grins"}
    assert client_for().post("/sign-in/", typed).status_code == 302


def test_links_that_are_opened_late_are_no_guesses(
    alice: User, dina: User, settings: Any, token: str
) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    new = password_links.issue_link(person=dina, by=alice, delivery=Delivery.CARD).token
    for _ in range(5):
        assert open_link(client_for(), token).status_code == 404
    assert open_link(client_for(), new).status_code == 200


def test_it_speaks_the_language_of_the_person_until_another_is_chosen(dina: User, token: str) -> None:
    assert page_says(open_link(client_for(), token), "Set your password", "zh-hans")
    User.objects.filter(pk=dina.pk).update(language="en")
    assert page_says(open_link(client_for(language="zh-hans"), token), "Set your password")
    client = client_for(language="en")
    client.cookies["django_language"] = "zh-hans"
    assert page_says(open_link(client, token), "Set your password", "zh-hans")


def test_somebody_elses_session_ends_and_stays_in_no_other_school(
    charlie: User, dina: User, token: str
) -> None:
    client = client_for(charlie)
    assert dina.login in page_text(open_link(client, token))
    assert submit(client).status_code == 302
    assert client.get("/account/").context["user"] == dina


def test_the_second_factor_is_still_asked_for(dina: User, token: str, clock: Any) -> None:
    add_second_factor(dina)
    client = client_for()
    open_link(client, token)
    assert submit(client)["Location"] == "/sign-in/code/"
    assert client.get("/account/").status_code == 302


def test_the_log_names_the_page_and_not_the_token(token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    open_link(client_for(), token)
    client_for().post(f"/password/{token}/")
    request = RequestFactory().get(f"/password/{token}/")
    request.resolver_match, request.user = resolve(request.path), AnonymousUser()
    answer = ConflictPageMiddleware(lambda _request: HttpResponse()).process_exception(
        request, Conflict("busy")
    )
    assert answer is not None
    assert answer.status_code == 409
    told = [vars(one) for one in caplog.records]
    assert "accounts:password_link" in [one.get("page") for one in told if one["msg"] == "conflict"]
    assert token not in str([{**one, "request": None} for one in told])
