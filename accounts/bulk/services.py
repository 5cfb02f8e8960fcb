"""Services that act on many people, all or none: one person who is refused stops the whole act."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import StudentGroup, User
from accounts.people.bulk_actions import BULK_ACTIONS, refusal_text
from accounts.people.group_services import save_group
from accounts.people.services import deactivate_person, renew_entry_token
from accounts.sign_in.password_links import (
    Delivery,
    IssuedLink,
    check_delivery,
    create_links,
    revoke_open_links,
    send_links,
)
from console.audit.trail import record
from console.concurrency import RowDeleted, lock_row, lock_rows, service
from console.failpoints import point
from console.jobs.models import Job
from console.undo import undo_window

LINKED = point("people.linked", "some of many password links are created, nothing is committed")
LINKS_AT_A_TIME = 50


class Joined(NamedTuple):
    """How many people joined a group, and the values of the act "group.join" for `offer_undo`."""

    number: int
    values: dict[str, Any] | None


class RowRefusal(NamedTuple):
    """A person for whom an act was refused, and why."""

    person: User
    reason: str


class BulkRefused(ValidationError):
    """An act was refused for `refusals`; nothing was changed."""

    def __init__(self, refusals: Sequence[RowRefusal]) -> None:
        self.refusals = list(refusals)
        super().__init__(_("Nothing was changed, because it is not possible for everyone selected."))


def find_refusals(name: str, people: Sequence[User], by: User) -> list[RowRefusal]:
    """Return the people for whom the action is refused, as they are now."""
    reasons = ((person, BULK_ACTIONS[name].refusal_of(person, by)) for person in people)
    return [RowRefusal(person, reason) for person, reason in reasons if reason]


@service
def deactivate_people(*, people: Sequence[User], by: User, reason: str) -> int:
    """Deactivate all of them, or raise BulkRefused; return how many."""
    _act_on_each(people, by, "deactivate", lambda one: deactivate_person(person=one, by=by, reason=reason))
    record(
        "person.deactivate_many", by=by, enterprise=by.enterprise, after=_people_fact(people), reason=reason
    )
    return len(people)


@service
def renew_entry_tokens(*, people: Sequence[User], by: User) -> int:
    """Enqueue new entry tokens for all of them, or raise BulkRefused; return how many."""
    _act_on_each(people, by, "token", lambda one: renew_entry_token(person=one, by=by))
    record("person.new_token_many", by=by, enterprise=by.enterprise, after=_people_fact(people))
    return len(people)


@service
def create_password_links(*, people: Sequence[User], by: User, delivery: str) -> list[IssuedLink]:
    """Create a password link for each of them, or raise BulkRefused; return the links in their order.

    Those that go out by e-mail are sent.
    """
    issued: dict[int, IssuedLink] = {}
    refusals: list[RowRefusal] = []
    ordered = sorted(people, key=lambda one: one.pk)

    def check(person: User) -> None:
        BULK_ACTIONS["password"].check(person, by)
        check_delivery(person, delivery)

    for start in range(0, len(ordered), LINKS_AT_A_TIME):
        locked, refused = _lock_and_check(ordered[start : start + LINKS_AT_A_TIME], check)
        refusals += refused
        if not refusals:
            issued |= {one.link.person_id: one for one in create_links(locked, by=by, delivery=delivery)}
        LINKED.hit()
    if refusals:
        raise BulkRefused(refusals)
    record("person.password_link_many", by=by, enterprise=by.enterprise, after=_people_fact(people))
    in_order = [issued[person.pk] for person in people]
    if delivery == Delivery.EMAIL:
        send_links([one.link for one in in_order])
    return in_order


def email_password_links(*, people: Sequence[User], by: User, delivery: str) -> int:
    """Create links and send them by e-mail, as `create_password_links` does; return how many."""
    if delivery != Delivery.EMAIL:
        raise ValueError("the tokens of cards exist in the answer of a request alone")
    return len(create_password_links(people=people, by=by, delivery=delivery))


@service
def revoke_password_links(*, people: Sequence[User], by: User) -> int:
    """Revoke the open links of all of them, or raise BulkRefused; return how many had one."""
    locked, refusals = _lock_and_check(people, lambda one: BULK_ACTIONS["password_revoke"].check(one, by))
    if refusals:
        raise BulkRefused(refusals)
    revoked = revoke_open_links(locked, by=by)
    record("person.password_revoked_many", by=by, enterprise=by.enterprise, after=_people_fact(people))
    return revoked


@service
def add_people_to_group(
    *, people: Sequence[User], by: User, group: StudentGroup, conflict_reason: str = ""
) -> int:
    """Add all of them to a group, or raise BulkRefused; return how many were not in it before.

    Raise GroupChangeRefused for schedule conflicts without a reason, ValidationError for an archived group.
    """
    _group, entries = _join(people, by, group, conflict_reason)
    return len(entries)


@service
def add_people_revocably(
    *, people: Sequence[User], by: User, group: StudentGroup, conflict_reason: str = ""
) -> Joined:
    """Add as `add_people_to_group` does. The values are None if nobody joined or it is final."""
    stored, entries = _join(people, by, group, conflict_reason, undo_window())
    job = next((one for one in stored.propagation_results if isinstance(one, Job)), None)
    if not entries or (job is not None and job.args["postponed"] is None):
        return Joined(len(entries), None)
    return Joined(len(entries), {"entries": entries, "job": job and job.pk})


def _join(
    people: Sequence[User],
    by: User,
    group: StudentGroup,
    conflict_reason: str,
    delay: timedelta = timedelta(),
) -> tuple[StudentGroup, list[int]]:
    """Return the changed group and the keys of the new memberships."""
    stored = lock_row(group)  # before the people, as everywhere
    before = set(stored.entries.values_list("student_id", flat=True))
    _act_on_each(people, by, "group", lambda one: None)
    students = User.objects.filter(pk__in=before | {person.pk for person in people})
    saved = save_group(group=stored, students=students, by=by, conflict_reason=conflict_reason, delay=delay)
    new = saved.entries.exclude(student__in=before).order_by("pk")
    return saved, list(new.values_list("pk", flat=True))


def _act_on_each(people: Sequence[User], by: User, name: str, act: Callable[[User], Any]) -> None:
    """Lock the people, check the action and act on each; raise BulkRefused with everybody who is refused."""
    locked, refusals = _lock_and_check(people, lambda one: BULK_ACTIONS[name].check(one, by))
    for person in locked:
        try:
            with transaction.atomic():
                act(person)
        except (ValidationError, PermissionDenied) as error:
            refusals.append(RowRefusal(person, refusal_text(error)))
    if refusals:
        raise BulkRefused(refusals)


def _lock_and_check(
    people: Sequence[User], check: Callable[[User], Any]
) -> tuple[list[User], list[RowRefusal]]:
    """Lock people with one query, and return by their keys who passes the check, and who is refused."""
    locked = {one.pk: one for one in lock_rows(people)}
    passed, refusals = [], []
    for person in sorted(people, key=lambda one: one.pk):
        try:
            if person.pk not in locked:
                raise RowDeleted
            check(locked[person.pk])
            passed.append(locked[person.pk])
        except (ValidationError, PermissionDenied) as error:
            refusals.append(RowRefusal(person, refusal_text(error)))
    return passed, refusals


def _people_fact(people: Sequence[User]) -> dict[str, Any]:
    return {"people": len(people)}
