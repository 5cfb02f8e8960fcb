"""docs/add-an-endpoint.md: an endpoint added by its steps works, and every name on the page exists."""

import ast
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import include, path

from accounts.models import Enterprise, User
from accounts.people.services import register_person
from console.iclass import Client, Forbidden, Unsendable
from console.mirror import registry
from console.outbox import relay
from console.outbox.kinds import RepeatRule, all_kinds, is_registered_kind, kind_label
from console.outbox.models import Operation
from console.outbox.states import OperationState, SyncState
from console.policy import may, rules
from console.policy.checks import check_resources_registered
from console.policy.table import TABLE
from console.urls import urlpatterns as own_urls
from tests.docs import badges
from tests.support.cast import TIC_KEY
from tests.support.environment import ROOT
from tests.support.iclass_service import requests_to
from tests.support.rest_client import rest_client
from tests.support.sandbox import Sandbox, start_sandbox

PAGE = ROOT / "docs/add-an-endpoint.md"
STEP = re.compile(r"^## \d\. .*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
RULES = [
    # The rule, the requests that reach the service where the first answer is lost, and the end.
    (RepeatRule.SET_STATE, 2, OperationState.DONE),
    (RepeatRule.KEYED, 2, OperationState.DONE),
    (RepeatRule.UNKEYED_CREATE, 1, OperationState.DONE),
    (RepeatRule.ROTATE, 2, OperationState.DONE),
    (RepeatRule.ONE_SHOT, 1, OperationState.NEEDS_YOU),
]

urlpatterns = [path("api/v1/", include(badges.router.urls)), *own_urls]
handler400, handler404, handler500 = (
    f"console.error_views.{name}" for name in ("bad_request", "not_found", "server_error")
)


@pytest.fixture(scope="module")
def iclass_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The service with the endpoints of badges, in place of the ordinary one."""
    schools = [(1400000001, TIC_KEY, None)]
    service = start_sandbox(tmp_path_factory.mktemp("iclass"), schools, program="tests.docs.badge_sandbox")
    yield service
    service.stop()


@pytest.fixture
def added(transactional_db: None) -> Iterator[None]:
    """The endpoint is added: a badge is an unkeyed create."""
    with badges.registered(RepeatRule.UNKEYED_CREATE):
        yield


@pytest.fixture
def mouse(connected: Enterprise, alice: User) -> User:
    """A student whom the service knows; somebody else in each test, because the service outlives it."""
    name = f"mouse{secrets.token_hex(4)}"
    person = register_person(enterprise=connected, by=alice, user_id=name, nickname="Mouse", role="student")
    relay.drain()
    return User.objects.get(pk=person.pk)


def badge_requests(iclass: Sandbox, person: User) -> list[dict[str, Any]]:
    """What the service was asked to add for a person. Of a request refused on demand it keeps no body."""
    bodies = requests_to(iclass, "user/badge/add")
    return [body for body in bodies if body and body["user_id"] == person.user_id]


def test_the_types_are_strict_going_out_and_tolerant_coming_in(
    added: None, connected: Enterprise, mouse: User, iclass: Sandbox
) -> None:
    """Steps 1 to 3, without the outbox."""
    client: Client = connected.client()
    new = badges.NewBadge(user_id=mouse.user_id, text="Caucus race")

    answer = badges.users_of(client).add_badge(new)

    assert answer.badge_id > 500
    assert answer.colour == "white"
    (sent,) = badge_requests(iclass, mouse)
    assert sent.keys() == {"user_id", "text", "expire_time"}, "what is UNSET stays out"
    with pytest.raises(Unsendable):
        badges.users_of(client).add_badge(badges.NewBadge(user_id=mouse.user_id, text="long " * 9))
    assert len(badge_requests(iclass, mouse)) == 1


def test_a_service_enqueues_it_and_the_row_shows_the_result(
    added: None, mouse: User, alice: User, iclass: Sandbox
) -> None:
    """Steps 4 and 5."""
    stored = badges.award_badge(person=mouse, by=alice, text="Caucus race")
    stored.refresh_from_db()
    assert stored.sync_state == SyncState.SENDING
    assert badge_requests(iclass, mouse) == []

    relay.drain()

    stored.refresh_from_db()
    assert stored.sync_state == SyncState.IN_SYNC
    assert stored.observed["badges"]["Caucus race"] > 500
    assert kind_label(badges.KIND) == "Award a badge"
    badges.award_badge(person=mouse, by=alice, text="Caucus race")
    relay.drain()
    assert len(badge_requests(iclass, mouse)) == 1, "`prepare` raises NothingToDo"
    with pytest.raises(ValidationError):
        badges.award_badge(person=mouse, by=alice, text=" ")


def test_a_new_error_code_is_shown_on_the_row_with_its_text(
    added: None, mouse: User, alice: User, connected: Enterprise, iclass: Sandbox
) -> None:
    """Step 2."""
    refusal = {"kind": "refuse", "match": "user/badge/add", "error_code": badges.TOO_MANY, "times": 2}
    iclass.control("faults", {"arm": refusal})
    badges.award_badge(person=mouse, by=alice, text="Caucus race")

    relay.drain()

    mouse.refresh_from_db()
    assert (mouse.sync_state, mouse.sync_reason) == (SyncState.REFUSED, str(badges.TOO_MANY))
    assert mouse.sync_reason_text
    assert mouse.sync_reason_text.next == "Take one away."
    new = badges.NewBadge(user_id=mouse.user_id, text="Another")
    with pytest.raises(Forbidden):
        badges.users_of(connected.client()).add_badge(new)


@pytest.mark.parametrize(("repeat_rule", "requests", "state"), RULES)
def test_a_lost_answer_is_handled_by_the_repeat_rule(
    mouse: User, alice: User, iclass: Sandbox, repeat_rule: RepeatRule, requests: int, state: OperationState
) -> None:
    with badges.registered(repeat_rule):
        iclass.control("faults", {"arm": {"kind": "drop_after", "match": "user/badge/add", "applied": True}})
        badges.award_badge(person=mouse, by=alice, text="Caucus race")
        relay.drain()

    operation = Operation.objects.get(kind=badges.KIND)
    assert operation.state == state
    assert len(badge_requests(iclass, mouse)) == requests
    at_service = iclass.call("user/badge/list", {"user_id": mouse.user_id})["list"]
    mouse.refresh_from_db()
    if state == OperationState.DONE:
        assert mouse.observed["badges"]["Caucus race"] == at_service[-1]["badge_id"]
    else:
        assert (mouse.sync_state, mouse.sync_reason) == (SyncState.NEEDS_YOU, "one_shot")
        assert "badges" not in mouse.observed


def test_a_reconciler_finds_what_was_made_elsewhere(
    added: None, connected: Enterprise, mouse: User, iclass: Sandbox
) -> None:
    """Step 6."""
    made = iclass.call("user/badge/add", {"user_id": mouse.user_id, "text": "Lobster quadrille"})

    report = registry.reconcile(connected)["badges"]

    assert report.complete
    mouse.refresh_from_db()
    assert mouse.observed["badges"] == {"Lobster quadrille": made["badge_id"]}


def test_an_action_is_forbidden_until_the_table_lists_it(
    mouse: User, alice: User, bob: User, charlie: User
) -> None:
    """Step 7."""
    with pytest.raises(LookupError):
        may(alice, "award_badge", "person", mouse)
    with badges.registered(RepeatRule.UNKEYED_CREATE):
        assert may(alice, "award_badge", "person", mouse)
        assert not may(bob, "award_badge", "person", mouse)
        assert not may(charlie, "award_badge", "person", mouse)


def test_a_new_resource_must_be_registered() -> None:
    """Step 7."""
    TABLE["badge"] = {"list": "- S S O - - - -"}
    try:
        (error,) = check_resources_registered(None)
        assert error.id == "policy.E001"
        with pytest.raises(LookupError):
            rules.register("badge", of_school="enterprise")  # the table has an `O`, so it needs `own`
        rules.register("badge", of_school="enterprise", own=lambda user: user)
        assert check_resources_registered(None) == []
    finally:
        del TABLE["badge"], rules._ownership["badge"]


@pytest.mark.urls(__name__)
def test_an_entry_point_calls_the_service_for_whom_the_table_allows(
    added: None, mouse: User, alice: User, bob: User, charlie: User, iclass: Sandbox
) -> None:
    """Step 8."""
    address = f"/api/v1/badges/{mouse.user_id}/badge/"
    answers = [
        rest_client(person).post(address, {"text": "Caucus race"}).status_code
        for person in (charlie, bob, alice)
    ]
    relay.drain()

    assert answers == [404, 403, 202]
    assert [body["text"] for body in badge_requests(iclass, mouse)] == ["Caucus race"]


def test_nothing_of_it_is_left() -> None:
    with badges.registered(RepeatRule.ROTATE):
        assert is_registered_kind(badges.KIND)
    assert not is_registered_kind(badges.KIND)
    assert "award_badge" not in TABLE["person"]


def steps() -> list[str]:
    return STEP.findall(PAGE.read_text())


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.splitlines()[0])
def test_every_name_of_a_step_exists_in_a_file_of_the_step(step: str) -> None:
    named = set(CODE.findall(step))
    paths = {name for name in named if (ROOT / name).exists() and "/" in name}
    known = {name for path in paths for name in names_in(ROOT / path)}
    known |= {kind.name for kind in all_kinds()} | {"classes/mirror", "inbound", "mirror"}
    commands = {name for name in named if name.startswith(("make ", "python -m "))}

    assert len(paths) >= 2
    names = named - paths - commands - known
    assert [name for name in names if not set(name.split(".")) <= known] == []


def test_the_table_of_the_page_says_of_every_repeat_rule_what_the_relay_does() -> None:
    cells = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    lines = {cell[0].strip(): (cell[2].strip(), set(CODE.findall(cell[3]))) for cell in cells[1:]}
    kinds = {kind.name: kind.repeat_rule for kind in all_kinds()}

    assert set(lines) == {rule.value for rule in RepeatRule}
    for rule, requests, state in RULES:
        says, examples = lines[rule.value]
        assert says.startswith("sent again" if state == OperationState.DONE else "a person decides")
        assert ("only if" in says) == (requests == 1 and state == OperationState.DONE)
        assert examples
        assert {kinds[example] for example in examples} == {rule}


def names_in(path: Path) -> set[str]:
    """The names that a file defines, imports or uses; of a folder and of other files nothing."""
    if path.suffix != ".py":
        return set()
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name):
                found.add(name)
            case ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.Attribute(attr=name):
                found.add(name)
            case ast.alias(name=name):
                found.add(name.rpartition(".")[2])
    return found
