"""A lesson of somebody else: pages and REST say that it is not theirs, and name no roles."""

import pytest

from accounts.models import Role
from classes.models import Lesson
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person
from tests.support.page_client import page_says, page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db

NOT_OWN = "This is not one of your lessons. Ask a school administrator."


@pytest.fixture
def lesson(bob, kids) -> Lesson:
    """Bob's, with Kid1 in it."""
    lesson = create_planned_lesson(bob)
    add_members(lesson, kids[0])
    return lesson


@pytest.mark.parametrize("page", ["", "start/", "live/", "attendance/", "attendance/close/", "courseware/"])
def test_a_page_of_somebody_elses_lesson_says_so_and_names_no_roles(browse, school, lesson, page):
    dora = create_person(school, "dora", Role.TEACHER)
    refused = browse(dora, f"/lessons/{lesson.pk}/{page}")
    assert (refused.status_code, page_says(refused, NOT_OWN)) == (403, True)
    assert "It is allowed for" not in page_text(refused)


def test_rest_says_so_too(school, lesson):
    dora = create_person(school, "dora", Role.TEACHER)
    told = rest_client(dora).get(f"/api/v1/lessons/{lesson.pk}/", headers={"accept-language": "en"})
    assert (told.status_code, told.json()["detail"]) == (403, NOT_OWN)


def test_what_the_role_may_never_do_names_the_roles_for_any_lesson(browse, school, lesson):
    dora = create_person(school, "dora", Role.TEACHER)
    assert "It is allowed for" in page_text(browse(dora, f"/lessons/{lesson.pk}/edit/"))
