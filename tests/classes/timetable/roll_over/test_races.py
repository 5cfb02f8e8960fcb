"""Two administrators at once: a roll-over happens once, and only to the school that was previewed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import save_group
from accounts.people.services import deactivate_person
from classes.models import Course, RollOver, Subject, Term
from classes.timetable.roll_over.services import RollOverOutdated, apply_roll_over
from classes.timetable.roll_over.undo import undo_roll_over
from console.concurrency import Conflict
from tests.classes.timetable.roll_over.conftest import digest
from tests.support.cast import create_person
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


def apply(draft: RollOver, by: User) -> Callable[[], Any]:
    seen = digest(draft)
    return lambda: apply_roll_over(roll_over=draft, seen=seen, by=by)


def test_of_two_confirmations_one_counts(school: Enterprise, alice: User, draft: RollOver) -> None:
    other = create_person(school, "dodo", Role.ADMIN)
    outcomes = call_concurrently(apply(draft, alice), apply(draft, other))
    (refused,) = [one.error for one in outcomes if one.error is not None]
    assert isinstance(refused, Conflict)
    assert sorted(StudentGroup.objects.values_list("grade__name", flat=True), key=str) == [
        *("Grade 8", "Grade 9", "Grade 9"),
        None,
    ]


def test_a_group_that_is_renamed_meanwhile_stops_it(
    alice: User, draft: RollOver, groups: dict[str, StudentGroup]
) -> None:
    second = call_while_other_waits(
        lambda: save_group(group=groups["7A"], students=None, by=alice, name="7B"), apply(draft, alice)
    )
    assert isinstance(second.error, RollOverOutdated)
    assert set(StudentGroup.objects.values_list("name", flat=True)) == {"7B", "8A", "9A", "Choir"}


def test_a_teacher_who_is_deactivated_meanwhile_stops_it(
    alice: User, bob: User, draft: RollOver, groups: dict[str, StudentGroup], plan: Callable[..., Course]
) -> None:
    plan("Maths", groups=[groups["7A"]])
    second = call_while_other_waits(lambda: deactivate_person(person=bob, by=alice), apply(draft, alice))
    assert isinstance(second.error, RollOverOutdated)
    assert Course.objects.count() == 1


def test_of_two_undos_one_counts(alice: User, draft: RollOver) -> None:
    done = apply(draft, alice)()
    undo = lambda: undo_roll_over(roll_over=done, by=alice)  # noqa: E731
    outcomes = call_concurrently(undo, undo)
    (refused,) = [one.error for one in outcomes if one.error is not None]
    assert isinstance(refused, Conflict)
    assert set(StudentGroup.objects.values_list("name", flat=True)) == {"7A", "8A", "9A", "Choir"}


def test_a_term_that_is_gone_locks_no_subject(
    school: Enterprise, alice: User, draft: RollOver, ending: Term, plan: Callable[..., Course]
) -> None:
    subject = Subject.objects.create(enterprise=school, name="Maths", colour=1)
    plan("Maths", subject=subject, term=None)
    seen = digest(draft)
    ending.delete()
    with CaptureQueriesContext(connection) as queries, pytest.raises(RollOverOutdated):
        apply_roll_over(roll_over=draft, seen=seen, by=alice)
    assert not [one for one in queries.captured_queries if f'FROM "{Subject._meta.db_table}"' in one["sql"]]
