"""What REST takes of a lesson besides its pinned fields, and who gets the teacher's link by it."""

from datetime import timedelta

import pytest

from accounts.models import Role, StudentGroup
from classes.models import Lesson
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, tomorrow_at
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def dina(school):
    """A student of Alice's school."""
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def lesson(alice, bob, dina):
    lesson = create_lesson(bob, alice, students=[dina])
    Lesson.objects.update(teacher_url="https://room.example/7/0", student_url="https://room.example/7/1")
    return lesson


def plan(**more):
    start = tomorrow_at()
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=45)).isoformat()}
    return {"topic": "Croquet", "teacher": "bob", **times, **more}


def test_a_lesson_is_set_up_and_its_groups_bring_their_students(alice, bob, dina, school):
    group = StudentGroup.objects.create(enterprise=school, name="Year 7")
    group.students.set([dina])
    set_up = {"auto_open_mic": True, "auto_open_camera": True, "bitrate": 900, "max_on_mic": 4}
    told = rest_client(alice).post("/api/v1/lessons/", plan(groups=[group.pk], **set_up), format="json")
    assert told.status_code == 201, told.content
    assert told.json()["members"] == ["dina"]
    lesson = Lesson.objects.get()
    assert {name: getattr(lesson, name) for name in set_up} == set_up
    assert list(lesson.members.values_list("user__user_id", "via")) == [("dina", group.pk)]
    dodo = create_person(school, "dodo", Role.STUDENT)
    other = StudentGroup.objects.create(enterprise=school, name="Year 8")
    other.students.set([dodo])
    address = f"/api/v1/lessons/{lesson.pk}/"
    told = rest_client(alice).patch(address, {"groups": [group.pk, other.pk]}, format="json")
    assert told.json()["members"] == ["dina", "dodo"]
    assert rest_client(alice).patch(address, {"bitrate": 5}, format="json").status_code == 400


def test_the_teachers_link_goes_to_the_teacher_and_the_school_alone(lesson, alice, bob, ann, school):
    """An assistant of the lesson, and a teacher who assists in it, enter by the students' link."""
    carol = create_person(school, "carol", Role.TEACHER)
    lesson.members.create(user=ann, role="assistant")
    lesson.members.create(user=carol, role="assistant")
    told = {
        one.user_id: rest_client(one).get(f"/api/v1/lessons/{lesson.pk}/").json()["teacher_url"]
        for one in (alice, bob, ann, carol)
    }
    link = "https://room.example/7/0"
    assert told == {"alice": link, "bob": link, "ann": None, "carol": None}


def test_a_list_says_of_each_lesson_what_its_page_says_in_as_many_queries_for_many(
    alice, bob, dina, ann, school, django_assert_max_num_queries
):
    """A list reads the user ids of members, a single lesson their rows."""
    dodo = create_person(school, "dodo", Role.STUDENT)
    for number, students in enumerate(([dina], [dodo, dina], [], [dina, dodo])):
        lesson = create_lesson(bob, alice, students=students, starts_at=tomorrow_at(8 + number))
        if number % 2:
            lesson.members.create(user=ann, role="assistant")
    for reader in (alice, bob, dina, ann):
        client = rest_client(reader)
        with django_assert_max_num_queries(8):
            listed = client.get("/api/v1/lessons/").json()["results"]
        assert len(listed) == Lesson.objects.filter(pk__in=[one["id"] for one in listed]).count() > 0
        for one in listed:
            assert one == client.get(f"/api/v1/lessons/{one['id']}/").json()
