"""Badges for people, which iclass does not have: docs/add-an-endpoint.md, followed outside of the packages.

with registered(RepeatRule.UNKEYED_CREATE):
    award_badge(person=mouse, by=alice, text="Caucus race")
    relay.drain()
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from msgspec import UNSET, Meta, UnsetType
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounts.api.views import UserViewSet
from accounts.models import User
from console.audit.labels import ACTION_LABELS
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.iclass import Client, Forbidden, Page
from console.iclass.errors import CODES
from console.iclass.types.base import ApiStruct, Name
from console.iclass.users import Users
from console.mirror import registry
from console.mirror.reconciliation import ReconcileRun
from console.mirror.registry import register_reconciler
from console.outbox import kinds
from console.outbox.kinds import (
    NothingToDo,
    OperationExpired,
    OperationKind,
    ProbeAbsent,
    ProbeFound,
    ProbeUnclear,
    RepeatRule,
    register_kind,
)
from console.outbox.models import Operation
from console.outbox.reasons import REASONS, ReasonText
from console.outbox.services import enqueue
from console.policy import rules
from console.policy.table import TABLE

KIND, ACTION, TOO_MANY = "user.badge", "person.badge", 10219


# 1. The types
class NewBadge(ApiStruct, frozen=True, kw_only=True):
    user_id: Name
    text: Annotated[str, Meta(min_length=1, max_length=20)]
    colour: str | UnsetType = UNSET


class AddedBadge(ApiStruct, frozen=True, kw_only=True):
    badge_id: int
    colour: str = "white"


class Badge(ApiStruct, frozen=True, kw_only=True):
    badge_id: int
    text: str


class BadgeQuery(ApiStruct, frozen=True, kw_only=True):
    user_id: Name


# 2. The call
class UsersWithBadges(Users):
    def add_badge(self, new: NewBadge) -> AddedBadge:
        """授予徽章 `/user/badge/add`. Forbidden if the person has too many."""
        return self._ask("user/badge/add", new).read(AddedBadge)

    def badges(self, user_id: str) -> Page[Badge]:
        """查询徽章列表 `/user/badge/list`."""
        return self._ask("user/badge/list", BadgeQuery(user_id=user_id)).page(Badge, 0)


def users_of(client: Client) -> UsersWithBadges:
    return UsersWithBadges(client._ask, client._attempt)


# 4. The operation
def _prepare(operation: Operation) -> NewBadge:
    person = operation.subject()
    if not person.remote_id:
        raise OperationExpired("not_registered")
    if operation.args["text"] in person.observed.get("badges", {}):
        raise NothingToDo
    return NewBadge(user_id=person.user_id, text=operation.args["text"])


def _record(operation: Operation, badge_id: int) -> None:
    person = operation.locked_subject()
    person.observed["badges"] = person.observed.get("badges", {}) | {operation.args["text"]: badge_id}
    person.save_mirrored(["observed"])


def _probe(client: Client, new: NewBadge, operation: Operation) -> ProbeFound | ProbeAbsent | ProbeUnclear:
    alike = [badge for badge in users_of(client).badges(new.user_id).lines if badge.text == new.text]
    if len(alike) > 1:
        return ProbeUnclear("several_alike")
    return ProbeFound(alike[0].badge_id) if alike else ProbeAbsent()


def badge_kind(repeat_rule: RepeatRule) -> OperationKind:
    return OperationKind(
        KIND,
        repeat_rule,
        "user/badge/add",
        prepare=_prepare,
        call=lambda client, new: users_of(client).add_badge(new).badge_id,
        record=_record,
        probe=_probe if repeat_rule == RepeatRule.UNKEYED_CREATE else None,
        label="Award a badge",
    )


# 5. The service
@service
def award_badge(*, person: User, by: User, text: str) -> User:
    """Award a badge to a person and enqueue `/user/badge/add`. ValidationError for a text without letters."""
    stored = lock_row(person)
    if not text.strip():
        raise ValidationError("Write what the badge is for.")
    record(ACTION, stored, by=by, after={"badge": text})
    enqueue(KIND, stored, by=by, args={"text": text})
    return stored


# 6. Queries
def reconcile_badges(run: ReconcileRun) -> None:
    """Compare the badges of each person with `/user/badge/list`."""
    for person in run.enterprise.users.exclude(remote_id=""):
        badges = {badge.text: badge.badge_id for badge in users_of(run.client).badges(person.user_id).lines}
        with run.write_transaction(person) as rows:
            for row in rows:
                run.report.changed += int(_upsert_badges(row, badges))
    run.is_complete = True


def _upsert_badges(person: User, badges: dict[str, int]) -> bool:
    if person.observed.get("badges", {}) == badges:
        return False
    person.observed["badges"] = badges
    person.save_mirrored(["observed"])
    return True


# 8. Entry points
class BadgeViewSet(UserViewSet):
    policy_actions = {**UserViewSet.policy_actions, "badge": "award_badge"}

    @action(detail=True, methods=["post"])
    def badge(self, request: Request, user_id: str) -> Response:
        award_badge(person=self.get_object(), by=self.by, text=request.data["text"])
        return Response(status=202)


router = SimpleRouter()
router.register("badges", BadgeViewSet, basename="badge")


@contextmanager
def registered(repeat_rule: RepeatRule) -> Iterator[None]:
    """All lines that the steps add to registries and tables; they are taken away again afterwards."""
    register_kind(badge_kind(repeat_rule))
    register_reconciler("badges", order=9)(reconcile_badges)
    lines: list[tuple[dict[Any, Any], Any, Any]] = [
        (CODES, TOO_MANY, Forbidden),
        (REASONS, str(TOO_MANY), ReasonText("This person has too many badges.", "Take one away.")),
        (ACTION_LABELS, ACTION, "Badge awarded"),
        (TABLE["person"], "award_badge", "- S S - - - - -"),
    ]
    for table, name, line in lines:
        table[name] = line
    try:
        yield
    finally:
        for table, name, _line in lines:
            del table[name]
        del kinds._kinds[KIND]
        registry._reconcilers[:] = [entry for entry in registry._reconcilers if entry[1] != "badges"]
        rules._scopes.cache_clear()
        rules._field_visibility.cache_clear()
