"""Conflicts of group changes, found before a change is saved and allowed with a reason.

Other apps register their checks:

    @register_conflict_check
    def find_double_bookings(moves, excluded_lessons, people): return [GroupChangeConflict(…)]
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from accounts.models import User

#: Primary key of a group → people who join and leave it.
GroupMoves = Mapping[int, tuple[Collection[int], Collection[int]]]
#: Key in GroupMoves → an unsaved person, of whom the database has nothing yet or another role.
PlannedPeople = Mapping[int, User]


class ConflictTarget(NamedTuple):
    """Primary key, name and URL of a lesson in a conflict."""

    pk: int
    label: str
    url: str


class GroupChangeConflict(NamedTuple):
    """A conflict in the lesson `target` on `day`: the person already has the `other` lesson at that time.

    If the lesson would exceed its `capacity`, `user_id` is empty, `other` is None, and `name` says who joins.
    `people` are the user IDs of everybody concerned.
    """

    day: date
    kind: str
    user_id: str
    name: str
    target: ConflictTarget
    other: ConflictTarget | None = None
    capacity: int = 0
    people: Collection[str] = ()

    @property
    def data(self) -> dict[str, Any]:
        """The conflict in the REST API's format."""
        return {
            "date": self.day.isoformat(),
            "kind": self.kind,
            "who": self.user_id,
            "lesson": self.other.pk if self.other else None,
            "into": self.target.pk,
        }


class GroupChangeRefused(ValidationError):
    """A group change has conflicts and no reason to allow them."""

    def __init__(self, objections: Collection[GroupChangeConflict]) -> None:
        self.objections = list(objections)
        super().__init__(conflict_message(self.objections), code="conflict")


ConflictCheck = Callable[[GroupMoves, Collection[int], PlannedPeople], list[GroupChangeConflict]]
ConflictLock = Callable[[GroupMoves, Collection[int]], None]
_checks: list[ConflictCheck] = []
_locks: list[ConflictLock] = []


def register_conflict_check(check: ConflictCheck) -> ConflictCheck:
    """Register `check(moves, excluded_lessons, people)`; excluded lessons do not follow the change."""
    _checks.append(check)
    return check


def register_conflict_lock(lock: ConflictLock) -> ConflictLock:
    """Register `lock(moves, excluded_lessons)`, which locks the rows that the checks read."""
    _locks.append(lock)
    return lock


def find_group_conflicts(
    moves: GroupMoves, excluded_lessons: Collection[int] = (), people: PlannedPeople | None = None
) -> list[GroupChangeConflict]:
    return [conflict for check in _checks for conflict in check(moves, excluded_lessons, people or {})]


def check_group_conflicts(
    moves: GroupMoves, reason: str, excluded_lessons: Collection[int] = ()
) -> list[GroupChangeConflict]:
    """Return the conflicts that `reason` allows. Raise GroupChangeRefused for conflicts without a reason.

    Call it inside the transaction that changes the groups, after locking them.
    """
    for lock in _locks:
        lock(moves, excluded_lessons)
    conflicts = find_group_conflicts(moves, excluded_lessons)
    if conflicts and not reason.strip():
        raise GroupChangeRefused(conflicts)
    return conflicts


def conflict_message(objections: Collection[GroupChangeConflict]) -> str:
    """Return the number of affected lessons as a message, with advice."""
    number = len({conflict.target.pk for conflict in objections})
    return ngettext(
        "%(n)d upcoming lesson would have a conflict: people planned twice or too many "
        "people. Enter a reason to allow it.",
        "%(n)d upcoming lessons would have a conflict: people planned twice or too many "
        "people. Enter a reason to allow it.",
        number,
    ) % {"n": number}
