"""How long it takes to plan a term, and to ask about one new series in it.

CI plans for a tenth of the groups; `CONFLICT_GROUPS=60` is the full size: 20 weeks × 60 groups × 12 lessons a
week are 14,400 lessons, with 504,000 memberships.
"""

import os
import time
from datetime import datetime, timedelta

import pytest

from accounts.models import GroupMembership, Role, StudentGroup, User
from classes.models import Lesson, Member
from classes.timetable.courses.planning import plan_course, preview_course
from console.outbox.models import Operation
from console.policy.database_scope import use_scope_of
from tests.support.anchor import bar_now

pytestmark = [pytest.mark.django_db]

GROUPS = int(os.environ.get("CONFLICT_GROUPS", "6"))
WEEKS, A_WEEK, PUPILS = 20, 12, 35
MOST_MS, MOST_PLAN_S = 300, 120
FIRST = datetime(2027, 3, 1, 8)


def people(school, role, number):
    made = User.objects.bulk_create(
        User(
            enterprise=school,
            user_id=f"{role}{place}",
            login=f"{role}{place}@{school.sdkappid}",
            role=role,
            nickname=f"{role} {place}",
            password="!",
        )
        for place in range(number)
    )
    return list(made)


def groups_of(school):
    groups = StudentGroup.objects.bulk_create(
        StudentGroup(enterprise=school, name=f"Year {place}") for place in range(GROUPS)
    )
    pupils = people(school, Role.STUDENT, GROUPS * PUPILS)
    GroupMembership.objects.bulk_create(
        GroupMembership(group=groups[place % GROUPS], student=pupil) for place, pupil in enumerate(pupils)
    )
    return groups


@pytest.mark.timeout(600)
def test_a_term_is_planned_and_one_new_series_is_asked_about_in_time(school, alice):
    groups, teachers = groups_of(school), people(school, Role.TEACHER, GROUPS)
    began = time.monotonic()
    for place in range(A_WEEK):
        day, hour = divmod(place, 4)
        for group, teacher in zip(groups, teachers, strict=True):
            plan_course(
                title=f"Subject {place}",
                teacher=teacher,
                groups=[group],
                starts_local=FIRST + timedelta(days=day, hours=2 * hour),
                duration_minutes=90,
                rrule=f"FREQ=WEEKLY;COUNT={WEEKS}",
                by=alice,
            )
    planned = time.monotonic() - began
    lessons, members = Lesson.objects.count(), Member.objects.count()
    assert lessons == Operation.objects.filter(kind="class.create").count() == WEEKS * A_WEEK * GROUPS
    print(f"planning {lessons} lessons with {members} memberships, row by rule: {planned:.0f} s")
    assert planned < bar_now(MOST_PLAN_S)
    new = {
        "title": "New",
        "teacher": teachers[0],
        "groups": [groups[1]],
        "starts_local": FIRST + timedelta(hours=1),
        "duration_minutes": 90,
        "rrule": f"FREQ=WEEKLY;COUNT={WEEKS}",
    }
    with use_scope_of(alice):
        times = []
        for _round in range(3):
            began = time.monotonic()
            plan = preview_course(**new)
            times.append(1000 * (time.monotonic() - began))
    assert {one.kind for one in plan.conflicts} == {"teacher", "student"}
    assert len({one.day for one in plan.conflicts}) == WEEKS
    print(f"asking about one new series of {WEEKS} lessons for {PUPILS} students: {min(times):.0f} ms")
    assert min(times) < bar_now(MOST_MS)
