"""Whatever an answer holds, a call gives a typed result or an IClassError."""

import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.iclass import Client, IClassError, NewClass, NewDocument, NewUser, walk
from console.iclass.parsing import UnexpectedValue, parse_bool, parse_int, parse_text, parse_texts
from console.iclass.responses import interpret_reply
from console.iclass.transport import HttpReply
from tests.console.iclass import test_business, test_classes, test_documents, test_members, test_users
from tests.console.iclass.conftest import OK, Script, StubService

LESSON = NewClass(teacher_id="bob", admin_id="admin", admin_sig="sig")

GOOD: list[tuple[Callable[[Client], object], dict[str, Any]]] = [
    (lambda c: c.classes.create(LESSON), {"class_id": 1, "teacher_url": "t", "student_url": "s"}),
    (lambda c: c.classes.info(100012345), test_classes.INFO),
    (lambda c: c.classes.list(), {"finish": True, "total": 1, "list": [test_classes.LINE]}),
    (
        lambda c: c.users.register([NewUser(user_id="bob", role="teacher")]),
        {"user_list": test_users.MADE, "repeats": ["xx"]},
    ),
    (lambda c: c.users.new_token("bob"), {"user_token": "t"}),
    (lambda c: c.users.info("user1"), {"user_info": test_users.PERSON}),
    (lambda c: c.users.list(), {"finish": True, "total": 1, "list": [test_users.PERSON]}),
    (lambda c: c.documents.add(NewDocument(doc_url="u", owner="bob")), {"doc_id": "d"}),
    (lambda c: c.documents.info("ywyzhohnx"), test_documents.INFO),
    (lambda c: c.documents.list(), {"finish": True, "total": 1, "list": [test_documents.LINE]}),
    (lambda c: c.business.info(), test_business.INFO),
    (lambda c: c.members.join(1, "bob"), {"role": "student"} | test_members.STATES),
    (lambda c: c.members.visitor_join(1), {"visitor_info": test_members.VISITOR}),
    (lambda c: c.members.runtime_list(1), {"finish": True, "total": 1, "list": [test_members.RUNTIME]}),
    (lambda c: c.members.runtime_total(1), {"total": 1}),
    (lambda c: c.members.history_list(1), {"finish": True, "total": 1, "list": [test_members.HISTORY]}),
    (lambda c: c.classes.stop(1), {}),
]

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["0", "-1", "stduent", "男", "true", "1558350990", "\0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to every value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn, good: dict[str, Any]) -> Any:
    """A good answer in which a few values were replaced or left out."""
    answer = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(answer)))
        if not path:
            continue
        parent = answer
        for key in path[:-1]:
            parent = parent[key]
        if draw(st.booleans()):
            parent[path[-1]] = draw(ANYTHING)
        else:
            del parent[path[-1]]
    return answer


@pytest.mark.parametrize(("call", "good"), GOOD)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutated_answer_is_a_result_or_an_iclass_error(
    client: Client,
    service: StubService,
    call: Callable[[Client], object],
    good: dict[str, Any],
    data: st.DataObject,
) -> None:
    service.answer(data.draw(mutated(OK | good)))
    with suppress(IClassError):
        call(client)


@given(st.binary(max_size=60) | ANYTHING.map(repr).map(str.encode), st.integers(100, 599))
def test_any_bytes_under_any_status_are_understood_or_an_error(content: bytes, status: int) -> None:
    result = interpret_reply("class/start", HttpReply(status=status, content=content), [])
    assert isinstance(result, IClassError) or result.endpoint == "class/start"


@pytest.mark.parametrize("value", [7, "7", " 7 ", 7.0, "007"])
def test_a_number_is_read_from_its_forms(value: object) -> None:
    assert parse_int(value) == 7


@pytest.mark.parametrize(
    "value", [None, "", "7.5", 7.5, "1e3", "７", "1_0", [], {}, 2**63, -(2**63) - 1, float(2**70), "9" * 19]
)
def test_nothing_else_is_a_number(value: object) -> None:
    with pytest.raises(UnexpectedValue):
        parse_int(value)


@pytest.mark.parametrize(("value", "expected"), [(True, True), ("TRUE", True), (0, False), ("0", False)])
def test_a_flag_is_read_from_its_forms(value: object, expected: bool) -> None:
    assert parse_bool(value) is expected


@pytest.mark.parametrize("value", [None, 2, "yes", 1.5, []])
def test_nothing_else_is_a_flag(value: object) -> None:
    with pytest.raises(UnexpectedValue):
        parse_bool(value)


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}])
def test_what_is_neither_text_nor_number_is_no_text(value: object) -> None:
    with pytest.raises(UnexpectedValue):
        parse_text(value)


def test_a_bare_text_is_a_list_of_one() -> None:
    assert parse_texts("local") == ["local"]
    assert parse_texts(["local", 7]) == ["local", "7"]
    with pytest.raises(UnexpectedValue):
        parse_texts({"local": 1})


def test_a_thousand_lines_are_read_and_the_odd_ones_told(client: Client, service: StubService) -> None:
    people: list[dict[str, Any]] = [{"user_id": f"u{number}", "role": "student"} for number in range(1000)]
    people[500]["regist_time"] = "long ago"

    def page(start: int) -> Script:
        return OK | {"total": 1000, "finish": start == 900, "list": people[start : start + 100]}

    service.answer(*(page(start) for start in range(0, 1000, 100)))
    walked = walk(client.users.list, lambda person: person.user_id)
    assert (len(walked.lines), walked.complete, walked.pages) == (999, True, 10)
    assert [(line.key, line.place) for line in walked.odd] == [("u500", 0)]
