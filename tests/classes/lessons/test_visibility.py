"""What a student reads of the people of a lesson: the teacher and themselves, on pages and in REST."""

import pytest

from accounts.models import StudentGroup
from classes.models import Course, Member, Recording
from tests.classes.factories import create_planned_lesson
from tests.support.page_client import client_for, page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob, ann, kids):
    lesson = create_planned_lesson(bob)
    for kid in kids[:2]:
        Member.objects.create(lesson=lesson, user=kid)
    Member.objects.create(lesson=lesson, user=ann, role=Member.Role.ASSISTANT)
    return lesson


def test_a_lesson_names_a_student_and_the_teacher_to_that_student_alone(alice, bob, ann, kids, lesson):
    place = f"/api/v1/lessons/{lesson.pk}/"
    for who in (alice, bob, ann):
        told = rest_client(who).get(place).json()
        assert (told["members"], told["assistants"]) == (["kid1", "kid2"], ["ann"]), who
    for told in (
        rest_client(kids[0]).get(place).json(),
        rest_client(kids[0]).get("/api/v1/lessons/").json()["results"][0],
    ):
        assert (told["teacher"], told["members"], told["assistants"]) == ("bob", ["kid1"], [])
    assert "kid2" not in page_text(client_for(kids[0]).get(f"/lessons/{lesson.pk}/"))
    assert rest_client(kids[2]).get(place).status_code == 403


def test_a_course_names_no_classmate_and_no_group_of_others_to_a_student(school, alice, bob, ann, kids):
    course = Course.objects.create(
        enterprise=school, title="Croquet", teacher=bob, starts_local="2027-03-02T10:00", duration_minutes=45
    )
    course.members.set(kids[:2])
    course.assistants.set([ann])
    own = StudentGroup.objects.get()
    course.groups.set([own, StudentGroup.objects.create(enterprise=school, name="Year 8")])
    for told in (
        rest_client(kids[0]).get(f"/api/v1/courses/{course.pk}/").json(),
        rest_client(kids[0]).get("/api/v1/courses/").json()["results"][0],
    ):
        assert (told["teacher"], told["members"]) == ("bob", ["kid1"])
        assert (told["assistants"], told["groups"]) == ([], [own.pk])
    assert len(rest_client(bob).get(f"/api/v1/courses/{course.pk}/").json()["members"]) == 2


def test_a_track_of_a_classmate_is_nobodys_to_a_student(school, bob, kids, lesson):
    for user_id in ("bob", "kid1", "kid2"):
        Recording.objects.create(
            enterprise=school,
            lesson=lesson,
            class_id="1",
            video_id=user_id,
            video_type=0,
            user_id=user_id,
            url="https://x.example/a.mp4",
        )
    places = ("/api/v1/recordings/", f"/api/v1/lessons/{lesson.pk}/recording/")
    for place in places:
        told = rest_client(kids[0]).get(place).json()
        tracks = told.get("results") or told["tracks"]
        assert sorted(one["user_id"] for one in tracks) == ["", "bob", "kid1"], place
        assert "kid2" in str(rest_client(bob).get(place).json())
    for place in ("/recordings/", f"/recordings/{lesson.pk}/", "/recordings/people/?q=kid"):
        page = page_text(client_for(kids[0]).get(place))
        assert "kid2" not in page.replace('value="kid2"', "?"), place
        assert "Kid2" not in page
    assert "person" not in client_for(kids[0]).get("/recordings/").context["filter_form"].fields
