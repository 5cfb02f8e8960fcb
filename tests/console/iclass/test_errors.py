"""The error tree and its one table."""

import pickle

import pytest

from console.iclass import (
    AlreadyExists,
    Busy,
    Client,
    Decision,
    Forbidden,
    Halfway,
    IClassError,
    InProgress,
    Invalid,
    NotFound,
    NotReached,
    OutcomeUnknown,
    Refused,
    SignatureRefused,
    TokenExpired,
    UnknownEnterprise,
    Unreadable,
    Unsendable,
    WrongPassword,
)
from console.iclass.errors import refusal
from tests.console.iclass.conftest import StubService

LOOK, NEVER = Decision.LOOK_FIRST, Decision.NEVER


@pytest.mark.parametrize(
    ("code", "kind", "decision"),
    [
        (-1, Halfway, LOOK),
        (10000, Invalid, NEVER),
        (10003, Invalid, NEVER),
        (10005, Halfway, LOOK),
        (10202, Halfway, LOOK),
        (10203, Forbidden, NEVER),
        (10214, AlreadyExists, NEVER),
        (10215, NotFound, NEVER),
        (10216, TokenExpired, NEVER),
        (10217, SignatureRefused, NEVER),
        (10218, WrongPassword, NEVER),
        (10223, InProgress, NEVER),
        (10230, NotFound, NEVER),
        (10270, UnknownEnterprise, NEVER),
        (10280, Halfway, LOOK),
    ],
)
def test_a_code_has_a_class_and_a_decision(
    client: Client, service: StubService, code: int, kind: type[Refused], decision: Decision
) -> None:
    service.answer({"error_code": code, "error_msg": "why"})
    with pytest.raises(Refused) as caught:
        client.classes.start(1)
    error = caught.value
    assert (type(error), error.decision, error.code) == (kind, decision, code)
    assert (error.endpoint, error.http_status, error.server_message) == ("class/start", 200, "why")


@pytest.mark.parametrize("code", [1, 10001, 10200, 10210, 10222, 99999, -2])
def test_an_unknown_code_is_still_a_refusal_and_never_sent_again(
    client: Client, service: StubService, code: int
) -> None:
    service.answer({"error_code": code})
    with pytest.raises(Refused) as caught:
        client.classes.start(1)
    assert (type(caught.value), caught.value.decision, caught.value.server_message) == (Refused, NEVER, "")


@pytest.mark.parametrize(
    ("kind", "decision"),
    [
        (NotReached, Decision.SEND_AGAIN),
        (Busy, Decision.SEND_AGAIN),
        (OutcomeUnknown, LOOK),
        (Unreadable, LOOK),
        (Unsendable, NEVER),
    ],
)
def test_the_other_branches_have_theirs(kind: type[IClassError], decision: Decision) -> None:
    assert kind.decision is decision
    assert kind().code is None


def test_an_error_survives_the_way_between_processes() -> None:
    error = refusal("class/create", 10280, http_status=200, server_message="no group")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (Halfway, str(error), vars(error))


@pytest.mark.parametrize("code", [2**31, -(2**31) - 1, 10**15])
def test_a_code_that_no_table_could_hold_is_none(client: Client, service: StubService, code: int) -> None:
    service.answer({"error_code": code})
    with pytest.raises(Unreadable):
        client.business.info()
