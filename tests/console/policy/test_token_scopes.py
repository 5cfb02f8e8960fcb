"""Scopes of REST tokens: laid over the policy table, covering every address, never wider than the person."""

from itertools import product

import pytest
from django.urls import get_resolver

from accounts.models import Role, User
from console.policy.api import PolicyPermission
from console.policy.rules import may
from console.policy.table import TABLE
from console.policy.token_scopes import (
    FAMILIES,
    FAMILY_LABELS,
    READ_ACTIONS,
    all_scopes,
    covers,
    required_scope,
    scope_label,
    scopes_offered_to,
)
from tests.support.cast import create_person


def views(resolver: object = None, prefix: str = "/") -> list[type]:
    """The view classes below /api/v1/."""
    found: list[type] = []
    for one in (resolver or get_resolver("console.urls")).url_patterns:  # type: ignore[attr-defined]
        route = prefix + str(one.pattern)
        if hasattr(one, "url_patterns"):
            found += views(one, route)
        elif route.startswith("/api/v1/"):
            found.append(one.callback.cls)
    return found


def test_every_address_of_rest_asks_for_a_scope_of_a_family() -> None:
    for view in views():
        assert PolicyPermission in view.permission_classes, view
        assert any(view.resource in resources for resources in FAMILIES.values()), (  # type: ignore[attr-defined]
            f"Give the resource of {view} a family in console/policy/token_scopes.py."
        )


def test_a_family_holds_resources_of_the_table_and_each_once() -> None:
    held = [resource for resources in FAMILIES.values() for resource in resources]
    assert len(held) == len(set(held))
    assert set(held) <= set(TABLE)
    assert set(FAMILY_LABELS) == {"all", *FAMILIES}


def test_a_scope_reaches_its_own_family_and_write_reads_too() -> None:
    for family, (resource, *_more) in FAMILIES.items():
        for action in TABLE[resource]:
            assert covers([f"{family}:write"], resource, action)
            assert covers([f"{family}:read"], resource, action) == (action in READ_ACTIONS)
            assert covers(["all:write"], resource, action)
            assert covers(["all:read"], resource, action) == (action in READ_ACTIONS)


def test_a_scope_reaches_nothing_else() -> None:
    for (family, resources), scope in product(FAMILIES.items(), all_scopes()):
        if scope.split(":")[0] in (family, "all"):
            continue
        assert not any(covers([scope], one, action) for one in resources for action in TABLE[one])
    assert not covers([], "lesson", "list")
    assert not covers(["lessons", "lessons:", "lesson:read", "*"], "lesson", "list")


def test_what_has_no_family_is_for_tokens_of_everything_alone() -> None:
    assert required_scope("mail_server", "test") == "all:write"
    narrow = [scope for scope in all_scopes() if not scope.startswith("all:")]
    assert not any(covers([scope], "mail_server", "view") for scope in narrow)


@pytest.mark.parametrize("role", [one for one in Role if one != Role.VISITOR])
def test_offered_is_what_the_role_has_a_part_of(school: object, role: str) -> None:
    anna = create_person(school, "anna", role)  # type: ignore[arg-type]
    for scope in all_scopes():
        family, kind = scope.split(":")
        resources = [one for name in FAMILIES for one in FAMILIES[name] if family in ("all", name)]
        allowed = any(
            may(anna, action, one)
            for one in resources
            for action in set(TABLE[one]) - {"enter_room", "subject_access", "own"}
            if (action in READ_ACTIONS) == (kind == "read")
        )
        assert (scope in scopes_offered_to(anna)) == allowed


def test_a_student_is_offered_to_write_only_what_they_ask_for_and_the_own_choices(school: object) -> None:
    dina: User = create_person(school, "dina", Role.STUDENT)  # type: ignore[arg-type]
    assert [scope for scope in scopes_offered_to(dina) if scope.endswith(":write")] == [
        *("all:write", "leave:write", "appeals:write", "notifications:write")
    ]


def test_what_programs_can_only_read_is_not_offered_to_be_changed(alice: User) -> None:
    offered = scopes_offered_to(alice)
    assert "exports:read" in offered
    assert "exports:write" not in offered


def test_a_scope_of_another_version_is_shown_as_it_is_written() -> None:
    assert scope_label("robots:read") == "robots:read"
