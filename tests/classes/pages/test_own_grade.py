"""The page of a head of grade: who of the grade is missing now, by group, and the way to each group."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from accounts.people.charges import school_day
from classes.attendance.leave import request_leave
from classes.attendance.register import recompute_register
from classes.models import Lesson
from console.notifications.models import Notification
from console.ui.waiting import count_waiting
from tests.classes.factories import add_members, create_running_lesson, create_students, record_poll
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
PAGE = "/groups/mine/"


@pytest.fixture
def hal(school: Enterprise) -> User:
    return create_person(school, "hal", Role.TEACHER)


@pytest.fixture
def grade(school: Enterprise, hal: User) -> Grade:
    """Grade 7 with two groups, of which Hal is head."""
    grade = Grade.objects.create(enterprise=school, name="Grade 7", position=1)
    put_in_charge(grade, hal)
    create_students(school, 3, "Year 7a")
    StudentGroup.objects.create(enterprise=school, name="Year 7b")
    StudentGroup.objects.update(grade=grade)
    return grade


@pytest.fixture
def lesson(bob: User, grade: Grade) -> Lesson:
    """A running lesson of Year 7a in which only the first of its three students is."""
    kids = list(User.objects.filter(user_id__startswith="kid").order_by("user_id"))
    lesson = create_running_lesson(bob, topic="Croquet")
    add_members(lesson, *kids)
    record_poll(lesson, kids[:1])
    recompute_register(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    return lesson


def test_today_leads_to_the_missing_of_the_grade_by_group(
    browse: Any, hal: User, grade: Grade, lesson: Lesson
) -> None:
    home = browse(hal, "/")
    assert "2 of Grade 7 are missing now" in page_text(home)
    assert "Year 7a" not in page_text(home)
    assert f'href="{PAGE}?grade={grade.pk}"' in home.content.decode()
    page = browse(hal, PAGE)
    rows = [
        (row.group.name, [one.name for one in row.missing], row.has_lesson) for row in page.context["rows"]
    ]
    assert rows == [("Year 7a", ["Kid2", "Kid3"], True), ("Year 7b", [], False)]
    assert page.context["missing"] == 2


def test_a_student_of_two_groups_of_the_grade_is_missing_once(
    browse: Any, hal: User, grade: Grade, lesson: Lesson
) -> None:
    StudentGroup.objects.get(name="Year 7b").students.add(User.objects.get(user_id="kid2"))
    assert browse(hal, PAGE).context["missing"] == 2


def test_a_student_of_two_groups_who_is_in_a_lesson_is_counted_once(
    browse: Any, hal: User, grade: Grade, lesson: Lesson
) -> None:
    StudentGroup.objects.get(name="Year 7b").students.add(User.objects.get(user_id="kid1"))
    page = browse(hal, PAGE)
    assert page.context["now"].here == 1
    assert "1 student is in a lesson." in page_text(page)


def test_a_head_of_a_grade_without_groups_has_the_page_its_link_and_its_tab(
    browse: Any, hal: User, grade: Grade
) -> None:
    StudentGroup.objects.update(grade=None)
    home = browse(hal, "/")
    assert "Nobody of Grade 7 is missing now" in page_text(home)
    assert count_waiting(hal, {"own_groups"}) == {"own_groups": 1}
    assert "The grade has no groups yet." in page_text(browse(hal, PAGE))


def test_each_group_of_the_grade_has_its_page_and_a_group_in_charge_stands_on_today(
    browse: Any, hal: User, grade: Grade, lesson: Lesson, school: Enterprise
) -> None:
    own = StudentGroup.objects.create(enterprise=school, name="Year 9")
    put_in_charge(own, hal)
    home = page_text(browse(hal, "/"))
    assert "Nobody of Year 9 is missing now" in home
    for group in (*grade.groups.all(), own):
        page = browse(hal, f"{PAGE}?group={group.pk}")
        assert (page.context["group"], page.context["grade"]) == (group, None)


def test_other_grades_and_days_are_not_found(browse: Any, hal: User, grade: Grade, bob: User) -> None:
    other = Grade.objects.create(enterprise=grade.enterprise, name="Grade 8", position=2)
    for wrong in (other.pk, "x", "9" * 30):
        assert browse(hal, f"{PAGE}?grade={wrong}").status_code == 404
    assert browse(bob, f"{PAGE}?grade={grade.pk}").status_code == 404
    yesterday = school_day(grade.enterprise) - timedelta(days=1)
    grade.charges.update(ends_on=yesterday)
    assert browse(hal, f"{PAGE}?grade={grade.pk}").status_code == 404


def test_the_head_may_answer_a_request_and_only_the_teacher_in_charge_is_told(
    browse: Any, hal: User, bob: User, grade: Grade
) -> None:
    put_in_charge(StudentGroup.objects.get(name="Year 7a"), bob)
    kid, now = User.objects.get(user_id="kid1"), timezone.now()
    period = (now + timedelta(days=1), now + timedelta(days=2))
    (leave,) = request_leave(person=kid, periods=[period], kind="sick", reason="Ill", by=kid)
    told = set(Notification.objects.filter(kind="leave.requested").values_list("person", flat=True))
    assert bob.pk in told
    assert hal.pk not in told
    browse(hal, f"/leave/{leave.pk}/answer/", {"decision": "approve"})
    leave.refresh_from_db()
    assert (leave.state, leave.answered_by) == ("approved", hal)


def test_only_the_live_part_is_refreshed_with_at_most_twelve_queries(
    hal: User, lesson: Lesson, django_assert_max_num_queries: Any
) -> None:
    client = client_for(hal, "en")
    first = client.get(PAGE, headers={"x-live": "own-grade-now"})
    assert "<nav" not in first.content.decode()
    again = client.get(PAGE, headers={"x-live": "own-grade-now", "if-none-match": first["ETag"]})
    assert again.status_code == 304
    with django_assert_max_num_queries(12):
        client.get(PAGE)


def test_a_group_without_current_data_is_not_said_to_be_complete(
    browse: Any, hal: User, bob: User, grade: Grade
) -> None:
    lesson = create_running_lesson(bob)
    add_members(lesson, *User.objects.filter(student_groups__name="Year 7a"))
    page = page_text(browse(hal, PAGE))
    assert "It is not known who is missing." in page
    assert "Nobody is missing." not in page
