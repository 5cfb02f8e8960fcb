"""What people type is text on every page that shows it, whoever renders the row."""

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.attendance.register import recompute_register
from classes.models import Attendance, Lesson
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_running_lesson,
    create_students,
    record_full_presence,
    record_poll,
)
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db

NAME = """<script>alert('1')</script> "Al" & 'Bo'"""


@pytest.fixture
def kid(school: Enterprise) -> User:
    kid = create_students(school, 1)[0]
    kid.nickname = NAME
    kid.save(update_fields=["nickname"])
    return kid


@pytest.fixture
def running(bob: User, kid: User) -> Lesson:
    """Bob is in it and the student is missing."""
    User.objects.filter(pk=bob.pk).update(nickname=NAME)
    lesson = create_running_lesson(bob, topic=NAME)
    add_members(lesson, kid)
    record_poll(lesson, [bob])
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    recompute_register(lesson)
    return lesson


@pytest.fixture
def over(bob: User, kid: User) -> Lesson:
    lesson = create_finished_lesson(bob, topic=NAME)
    add_members(lesson, kid)
    record_full_presence(lesson, [bob, kid])
    return lesson


def assert_escaped(reader: User, path: str, times: int) -> None:
    """Assert that the name stands there as text, at least so often, and never as markup."""
    answer = client_for(reader).get(path)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.count("&lt;script&gt;alert(") >= times
    assert "<script>alert" not in page
    assert NAME[NAME.index('"') :] not in page


@pytest.mark.parametrize("path", ["/live/", "/live/?as=table"])
def test_topic_teacher_and_missing_people_are_text_on_the_wall(
    alice: User, running: Lesson, path: str
) -> None:
    assert_escaped(alice, path, 3)


@pytest.mark.parametrize("query", ["", "?as=table"])
def test_a_name_is_text_in_the_register(alice: User, over: Lesson, query: str) -> None:
    assert_escaped(alice, f"/lessons/{over.pk}/attendance/{query}", 2)


def test_a_name_is_text_in_the_list_of_people(alice: User, kid: User) -> None:
    assert_escaped(alice, "/people/", 1)


def test_topic_and_teacher_are_text_in_the_list_of_lessons(alice: User, running: Lesson) -> None:
    assert_escaped(alice, "/lessons/?since=", 2)


@pytest.mark.parametrize("query", ["", "?as=table"])
def test_a_role_that_nobody_knows_is_text_in_the_register(alice: User, over: Lesson, query: str) -> None:
    Attendance.objects.filter(lesson=over, mark="").update(role="<b>auditor</b>")
    page = client_for(alice).get(f"/lessons/{over.pk}/attendance/{query}").content.decode()
    assert "&lt;b&gt;auditor&lt;/b&gt;" in page
    assert "<b>auditor" not in page
