import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import User
from console.audit.context import NOBODY, current
from console.audit.middleware import RequestContext
from console.audit.trail import record


def request_of(user: User | AnonymousUser, **headers: str) -> HttpRequest:
    request = RequestFactory(headers=headers).post("/")
    request.user = user
    return request


def act(request: HttpRequest) -> HttpResponse:
    entry = record("person.pull", by=None)
    return HttpResponse(f"{entry.actor_label} {entry.request_id}")


def test_an_entry_knows_the_person_and_the_request_without_being_told(alice: User) -> None:
    response = RequestContext(act)(request_of(alice))
    assert response.content.decode() == f"{alice.login} {response['X-Request-ID']}"
    assert current.get() is NOBODY


def test_a_stranger_is_the_system(db: None) -> None:
    assert RequestContext(act)(request_of(AnonymousUser())).content.startswith(b"system ")


def test_the_person_is_the_one_that_the_view_found(alice: User) -> None:
    def signs_in(request: HttpRequest) -> HttpResponse:
        request.user = alice
        return act(request)

    assert RequestContext(signs_in)(request_of(AnonymousUser())).content.startswith(alice.login.encode())


def test_a_usable_id_of_the_proxy_is_kept(alice: User) -> None:
    response = RequestContext(act)(request_of(alice, x_request_id="edge-0123456789"))
    assert response["X-Request-ID"] == "edge-0123456789"


@pytest.mark.parametrize(
    "sent", ["short", "a" * 65, "two words 12345", "<script>alert(1)", "line\u2028break"]
)
def test_any_other_id_is_replaced(alice: User, sent: str) -> None:
    response = RequestContext(act)(request_of(alice, x_request_id=sent))
    assert response["X-Request-ID"] != sent
    assert len(response["X-Request-ID"]) == 32


def test_a_failing_view_leaves_no_person_behind(alice: User) -> None:
    def fails(request: HttpRequest) -> HttpResponse:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        RequestContext(fails)(request_of(alice))
    assert current.get() is NOBODY
