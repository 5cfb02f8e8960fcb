"""The pages of what went wrong: in the house's look, in both languages, with the next step and no secret."""

import re

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from console.error_views import NO_TURN_MESSAGE, ErrorPageMiddleware, bad_request, not_found, server_error
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text


def whole(page: HttpResponse) -> bool:
    """A page with one heading and a way on, and nothing that the policy would stop."""
    text = page.content.decode()
    inline = re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)
    return text.count("<h1") == 1 and 'href="/"' in text and inline is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_refusal_has_a_page_with_the_next_step(bob: User, language: str) -> None:
    web = client_for(bob, language)
    strict = Client(headers={"accept-language": language}, enforce_csrf_checks=True)
    asked = {
        404: (web.get("/no-such-page/"), "Page not found"),
        403: (web.get("/audit/"), "You do not have access to this page"),
        405: (web.get("/sign-out/"), "This address cannot be opened directly"),
        400: (web.get("/", headers={"host": "evil.example"}), "Bad request"),
    }
    for status, (page, sentence) in asked.items():
        assert page.status_code == status
        assert page_says(page, sentence, language), status
        assert whole(page), status
    forged = strict.post("/sign-in/", {"username": "x"})
    assert (forged.status_code, whole(forged)) == (403, True)
    assert page_says(forged, "Please submit again", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("status", "sentence"), [(413, "Too much data"), (429, "Too many requests"), (503, NO_TURN_MESSAGE)]
)
def test_what_is_refused_without_a_word_gets_words(
    rf: RequestFactory, language: str, status: int, sentence: str, settings: object
) -> None:
    def refuses(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=status, headers={"Retry-After": "60"})

    settings.LANGUAGE_CODE = language  # type: ignore[attr-defined]
    page = ErrorPageMiddleware(refuses)(rf.get("/", headers={"accept": "text/html"}))
    assert (page.status_code, page["Retry-After"]) == (status, "60")
    assert whole(page)
    assert page_says(page, sentence, language)
    assert status == 503 or "/i18n/setlang/" in page_text(page)
    assert ErrorPageMiddleware(refuses)(rf.get("/", headers={"accept": "application/json"})).content == b""
    program = ErrorPageMiddleware(refuses)(rf.get("/api/v1/users/", headers={"accept": "application/json"}))
    assert (program.status_code, program["Retry-After"]) == (status, "60")
    assert program.content


@pytest.mark.django_db
@pytest.mark.parametrize(("here", "there", "name"), [("en", "zh-hans", "中文"), ("zh-hans", "en", "English")])
@pytest.mark.parametrize("status", [400, 405, 413])
def test_a_page_of_refusal_can_be_read_in_the_other_language(
    here: str, there: str, name: str, status: int, settings: object
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000  # type: ignore[attr-defined]
    web = Client(headers={"accept-language": here})
    page = {
        400: lambda: web.post("/sign-in/", "x", content_type="multipart/form-data; boundary=\x80"),
        405: lambda: web.get("/sign-out/"),
        413: lambda: web.post("/sign-in/", "x" * 2_000, content_type="application/x-www-form-urlencoded"),
    }[status]()
    assert (page.status_code, name in page_text(page)) == (status, True)
    web.handler.enforce_csrf_checks = True
    form = dict(re.findall(r'name="(csrfmiddlewaretoken|next)" value="([^"]+)"', page_text(page)))
    back = web.post("/i18n/setlang/", form | {"language": there})
    assert (back.status_code, back["Location"]) == (302, form["next"])
    assert f'<html lang="{there}"' in page_text(web.get(form["next"]))


def test_where_no_form_of_ours_arrives_no_language_is_offered(client: Client) -> None:
    page = client.get("/", headers={"host": "evil.example"})
    assert page.status_code == 400
    assert "<form" not in page_text(page)


def test_a_body_that_is_too_large_is_told_so_on_a_page(client: Client, settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10  # type: ignore[attr-defined]
    page = client.post("/sign-in/", "x" * 20, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 413
    assert whole(page)


def test_a_fault_of_ours_has_a_page_that_needs_nothing(rf: RequestFactory) -> None:
    assert whole(server_error(rf.get("/", headers={"x-request-id": "edge-0123456789"})))


def test_programs_get_json_whatever_went_wrong(rf: RequestFactory, client: Client) -> None:
    request = rf.get("/api/v1/lessons/", headers={"x-request-id": "edge-0123456789"})
    for answer, status in (
        (server_error(request), 500),
        (bad_request(request, ValueError()), 400),
        (bad_request(request, RequestDataTooBig()), 413),
        (not_found(request, ValueError()), 404),
    ):
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
        assert b'"detail"' in answer.content
        assert b"edge-0123456789" in answer.content
    assert client.get("/api/v1/no-such-thing/").json()["detail"]
