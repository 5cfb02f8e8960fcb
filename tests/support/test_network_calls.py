"""A request inside a transaction of ours is found, and one inside a transaction of a test is not."""

import contextlib
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from importlib import import_module

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import User
from console.concurrency import run_with_retry
from console.policy.views import SignedInView
from tests.support import network_calls


def call() -> None:
    """Connect to a port at which nobody listens."""
    with contextlib.suppress(OSError):
        HTTPConnection("127.0.0.1", 9, timeout=5).connect()


def call_in_transaction(act: Callable[[], None] = call) -> None:
    """Call inside a transaction that the console opens."""
    run_with_retry(act)


@pytest.mark.django_db(transaction=True)
def test_a_request_inside_a_transaction_of_ours_is_found_with_its_place() -> None:
    call_in_transaction()
    (stack,) = network_calls.take_found()
    assert "in call_in_transaction" in stack


@pytest.mark.django_db
def test_it_is_found_inside_a_transaction_of_a_test_too() -> None:
    with transaction.atomic():
        call_in_transaction()
        call_in_transaction(transaction.atomic(call))
    assert len(network_calls.take_found()) == 2


@pytest.mark.django_db
def test_a_transaction_of_a_test_does_not_count() -> None:
    call_in_transaction(lambda: None)
    call()
    with transaction.atomic(), contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        call()
        transaction.atomic(call)()
    assert network_calls.take_found() == []


@pytest.mark.django_db
def test_a_thread_is_asked_for_its_own_transactions() -> None:
    def call_elsewhere() -> None:
        other = threading.Thread(target=call)
        other.start()
        other.join()

    call_in_transaction(call_elsewhere)
    assert network_calls.take_found() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("reads_replica", "found"), [(True, 1), (False, 0)])
def test_a_request_of_a_page_that_may_read_a_standby_is_found(
    alice: User, reads_replica: bool, found: int
) -> None:
    class Page(SignedInView):
        def get(self, _request: HttpRequest) -> HttpResponse:
            call()
            return HttpResponse()

    request = RequestFactory().get("/")
    request.user = alice
    Page.as_view(reads_replica=reads_replica)(request)
    assert len(network_calls.take_found()) == found


@pytest.mark.parametrize("name", network_calls.EXCEPTIONS)
def test_each_exception_is_a_function(name: str) -> None:
    module, _dot, function = name.rpartition(".")
    assert callable(getattr(import_module(module), function))
