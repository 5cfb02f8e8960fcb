"""What a server read of a request's body is free as soon as the request is answered."""

import gc
from io import BytesIO
from weakref import ref

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import RequestFactory

from console.http.body_release import release_request_bodies

SENT = b"first line\nthe rest"


class Given(BytesIO):
    """As the server's: something that holds memory."""


@pytest.fixture
def collector_is_away():
    gc.disable()
    yield
    gc.enable()


def answered(read):
    """The body of a request that refers to itself, as one does whose person was asked for."""
    seen = []

    def application(environ, start_response):
        request = WSGIRequest(environ)
        request.itself = request
        seen.append(read(request))
        return HttpResponse("done")

    given = Given(SENT)
    environ = RequestFactory().post("/", SENT, content_type="text/plain").environ | {"wsgi.input": given}
    assert b"".join(release_request_bodies(application)(environ, None)) == b"done"
    return seen[0], ref(given)


@pytest.mark.usefixtures("collector_is_away")
@pytest.mark.parametrize(
    ("read", "content"),
    [
        (lambda request: request.read(), SENT),
        (lambda request: request.read(5), b"first"),
        (lambda request: request.readline(), b"first line\n"),
        (lambda request: b"", b""),
    ],
)
def test_a_body_read_in_full_in_part_or_not_at_all_is_free_once_answered(read, content):
    told, given = answered(read)
    assert told == content
    assert given() is None
