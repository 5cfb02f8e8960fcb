import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from console.audit.middleware import RequestContextMiddleware
from console.audit.request_context import EMPTY_CONTEXT, current_context
from console.audit.trail import record
from console.error_views import bad_request, server_error
from tests.support.page_client import client_for, page_text


def request_of(user: User | AnonymousUser, **headers: str) -> HttpRequest:
    request = RequestFactory(headers=headers).post("/")
    request.user = user
    return request


def act(request: HttpRequest) -> HttpResponse:
    entry = record("person.pull", by=None)
    return HttpResponse(f"{entry.actor_label} {entry.request_id}")


def test_an_entry_knows_the_person_and_the_request_without_being_told(alice: User) -> None:
    response = RequestContextMiddleware(act)(request_of(alice))
    assert response.content.decode() == f"{alice.login} {response['X-Request-ID']}"
    assert current_context.get() is EMPTY_CONTEXT


def test_a_stranger_is_the_system(db: None) -> None:
    assert RequestContextMiddleware(act)(request_of(AnonymousUser())).content.startswith(b"system ")


def test_the_person_is_the_one_that_the_view_found(alice: User) -> None:
    def signs_in(request: HttpRequest) -> HttpResponse:
        request.user = alice
        return act(request)

    assert RequestContextMiddleware(signs_in)(request_of(AnonymousUser())).content.startswith(
        alice.login.encode()
    )


def test_a_usable_id_of_the_proxy_is_kept(alice: User) -> None:
    response = RequestContextMiddleware(act)(request_of(alice, x_request_id="edge-0123456789"))
    assert response["X-Request-ID"] == "edge-0123456789"


@pytest.mark.parametrize(
    "sent", ["short", "a" * 65, "two words 12345", "<script>alert(1)", "line\u2028break"]
)
def test_any_other_id_is_replaced(alice: User, sent: str) -> None:
    response = RequestContextMiddleware(act)(request_of(alice, x_request_id=sent))
    assert response["X-Request-ID"] != sent
    assert len(response["X-Request-ID"]) == 32


def test_a_failing_view_leaves_no_person_behind(alice: User) -> None:
    def fails(request: HttpRequest) -> HttpResponse:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        RequestContextMiddleware(fails)(request_of(alice))
    assert current_context.get() is EMPTY_CONTEXT


@pytest.mark.parametrize("address", ["/there-is-no-such-page/", "/audit/"])
def test_a_page_of_refusal_quotes_the_number_of_the_request(bob: User, address: str) -> None:
    answer = client_for(bob).get(address)
    assert answer.status_code in (403, 404)
    assert answer["X-Request-ID"] in page_text(answer)


def test_a_page_of_ours_that_broke_quotes_it_without_asking_the_database(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"x-request-id": "edge-0123456789"})
    for page in (server_error(request), bad_request(request, ValueError())):
        assert page.status_code in (400, 500)
        assert "edge-0123456789" in page.content.decode()


def test_what_is_refused_before_anybody_is_known_has_a_number_too(client: Client) -> None:
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert answer["X-Request-ID"] in answer.content.decode()
