"""Wonderland at the end of a school year: three grades, four groups, Bob's courses, and a new term."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Grade, GroupMembership, Role, StudentGroup, User
from classes.models import Course, RollOver, Term
from classes.timetable.courses.planning import plan_course
from classes.timetable.roll_over import services
from classes.timetable.roll_over.choices import Choices
from classes.timetable.roll_over.edits import RowEdit
from classes.timetable.roll_over.plan import Plan, build_preview
from classes.timetable.roll_over.services import apply_roll_over, save_choices, start_roll_over
from console.bulk_sql import bulk_insert
from tests.support.cast import create_person


def monday(weeks: int) -> date:
    """The Monday of this week, or so many weeks later."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))


@pytest.fixture(autouse=True)
def _in_the_zone_of_the_school(school: Enterprise) -> Any:
    with timezone.override(school.tz):
        yield


@pytest.fixture
def ending(school: Enterprise) -> Term:
    """The term of now; it ends in a month."""
    return Term.objects.create(
        enterprise=school, name="Spring", starts_on=monday(-8), ends_on=monday(4) + timedelta(days=4)
    )


@pytest.fixture
def beginning(school: Enterprise) -> Term:
    """Twelve weeks that begin on a Wednesday."""
    return Term.objects.create(
        enterprise=school,
        name="Autumn",
        starts_on=monday(10) + timedelta(days=2),
        ends_on=monday(21) + timedelta(days=4),
    )


@pytest.fixture
def grades(school: Enterprise) -> list[Grade]:
    return [
        Grade.objects.create(enterprise=school, name=f"Grade {number}", position=number)
        for number in (7, 8, 9)
    ]


@pytest.fixture
def groups(school: Enterprise, grades: list[Grade]) -> dict[str, StudentGroup]:
    """7A, 8A and 9A of their grades, and a choir of kids of 7A and 9A without a grade."""
    found = {}
    for grade in grades:
        number = grade.position
        group = StudentGroup.objects.create(enterprise=school, name=f"{number}A", grade=grade)
        kids = [create_person(school, f"kid{number}{place}", Role.STUDENT) for place in (1, 2, 3)]
        group.students.set(kids)
        found[group.name] = group
    choir = StudentGroup.objects.create(enterprise=school, name="Choir")
    choir.students.set(User.objects.filter(user_id__in=["kid71", "kid91"]))
    return found | {"Choir": choir}


@pytest.fixture
def plan(alice: User, bob: User, ending: Term) -> Callable[..., Course]:
    """Plan a weekly course of the ending term, on a weekday of next week."""

    def add(title: str, weekday: int = 0, hour: int = 9, **fields: Any) -> Course:
        first = at(monday(1) + timedelta(days=weekday), hour)
        values: dict[str, Any] = {
            "teacher": bob,
            "duration_minutes": 45,
            "rrule": "FREQ=WEEKLY;COUNT=3",
            "term": ending,
        }
        return plan_course(by=alice, title=title, starts_local=first, **values | fields)

    return add


@pytest.fixture
def draft(school: Enterprise, alice: User, ending: Term, beginning: Term, groups: Any) -> RollOver:
    return start_roll_over(school=school, ending=ending, beginning=beginning, by=alice)


@pytest.fixture
def confirm(alice: User) -> Callable[..., RollOver]:
    """Carry a draft out as its preview is now."""

    def act(draft: RollOver, by: User | None = None, reason: str = "") -> RollOver:
        from_page = RollOver.objects.get(pk=draft.pk)
        return apply_roll_over(roll_over=from_page, seen=digest(from_page), by=by or alice, reason=reason)

    return act


def digest(draft: RollOver) -> str:
    """The digest of the preview as it is now."""
    plan = build_preview(draft)
    assert plan is not None
    return plan.digest


def choose(draft: RollOver, **choices: Any) -> None:
    """Keep choices of a draft, in the form in which they are stored."""
    keep(draft, Choices.from_stored({**draft.choices, **choices}))


def keep(draft: RollOver, choices: Choices) -> Plan | None:
    """Keep all choices of a draft."""
    return save_choices(
        roll_over=draft,
        groups={pk: RowEdit(vars(one)) for pk, one in choices.groups.items()},
        courses={pk: RowEdit(vars(one)) for pk, one in choices.courses.items()},
        deactivates=choices.deactivates,
    )


@pytest.fixture
def many_leavers(
    school: Enterprise, groups: dict[str, StudentGroup], monkeypatch: pytest.MonkeyPatch
) -> list[User]:
    """So many students of 9A that a job rolls over: more than five, which are few enough here."""
    monkeypatch.setattr(services, "WAITED_PEOPLE", 5)
    kids = [
        User(enterprise=school, user_id=f"late{n}", login=f"late{n}", role=Role.STUDENT) for n in range(6)
    ]
    bulk_insert(kids)
    bulk_insert([GroupMembership(group=groups["9A"], student=kid) for kid in kids])
    return kids
