"""What a lesson takes over from the service: its people, each in the role that they have in it."""

import pytest

from accounts.models import Role, User
from classes.live.wall.queries import load_live_lessons
from classes.mirror.upsert import adopt_members
from classes.models import Lesson
from tests.classes.factories import create_planned_lesson, create_running_lesson
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("user_id", "remote_role", "role"),
    [
        ("ann", "", "assistant"),
        ("ann", "teacher", "assistant"),
        ("sue", "", "supervisor"),
        ("tom", "", "assistant"),
        ("kid1", "", "student"),
        ("kid1", "visitor", "student"),
        ("kid1", "assistant", "assistant"),
        ("stranger", "teacher", "assistant"),
        ("stranger", "", "student"),
    ],
)
def test_staff_are_taken_over_as_staff_and_never_as_students(
    bob: User, ann: User, sue: User, kids: list[User], user_id: str, remote_role: str, role: str
) -> None:
    create_person(bob.enterprise, "tom", Role.TEACHER)
    lesson = create_planned_lesson(bob)
    adopt_members(lesson, {user_id: remote_role})
    assert list(lesson.members.values_list("user__user_id", "role")) == [(user_id, role)]


def test_an_assistant_without_a_role_at_the_service_is_no_student_who_is_expected(
    bob: User, ann: User, kids: list[User]
) -> None:
    lesson = create_running_lesson(bob)
    adopt_members(lesson, {"ann": "", "kid1": ""})
    (live,) = load_live_lessons(Lesson.objects.filter(pk=lesson.pk))
    assert live.expected == 1
