"""The switches of a school: each changes its cells for one role of one school, and nothing else."""

import pytest
from django.db.models import BooleanField

from accounts.models import Enterprise, Role, User
from classes.models import Lesson, Member
from console.policy import Scope, may, refusal_message, role_of, scope_of, scoped
from console.policy.rules import days_allowed
from console.policy.switches import SWITCHED, SWITCHES, Switch, letters
from console.policy.table import ROLES, SCOPES, TABLE
from console.policy.token_scopes import scopes_offered_to
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person

CELLS = [(resource, action) for resource, actions in TABLE.items() for action in actions]
NAMES = [switch.name for switch in SWITCHES]


def flip(school: Enterprise, switch: Switch) -> None:
    Enterprise.objects.filter(pk=school.pk).update(**{switch.name: not switch.is_on})


def again(person: User) -> User:
    """The person as the next request reads them, with their school."""
    return User.objects.select_related("enterprise").get(pk=person.pk)


def scopes_of(person: User) -> dict[tuple[str, str], Scope]:
    return {(resource, action): scope_of(person, action, resource) for resource, action in CELLS}


def test_a_switch_is_a_column_with_the_default_that_keeps_the_table() -> None:
    for switch in SWITCHES:
        column = Enterprise._meta.get_field(switch.name)
        assert isinstance(column, BooleanField)
        assert (column.default, column.db_default) == (switch.is_on, switch.is_on)
        if switch.days:
            assert Enterprise._meta.get_field(switch.days).null


def test_a_switched_cell_exists_and_belongs_to_one_switch() -> None:
    cells = [
        (one.resource, action, one.role)
        for switch in SWITCHES
        for one in switch.cells
        for action in one.actions
    ]
    assert len(cells) == len(set(cells)) == len(SWITCHED)
    for (resource, action, role), (_switch, letter) in SWITCHED.items():
        written = dict(zip(ROLES, TABLE[resource][action].split(), strict=True))[role]
        assert {letter, written} == {"O", "-"}, "A switch gives or takes what is one's own, never more."


@pytest.mark.parametrize("switch", SWITCHES, ids=NAMES)
@pytest.mark.parametrize("role", Role.values)
def test_it_changes_its_cells_for_its_role_and_no_other(
    role: str, switch: Switch, school: Enterprise
) -> None:
    person = again(create_person(school, "anna", role))
    before = scopes_of(person)
    flip(school, switch)
    after = scopes_of(again(person))
    changed = {cell: after[cell] for cell in CELLS if after[cell] != before[cell]}
    assert changed == {
        (one.resource, action): SCOPES[one.letter]
        for one in switch.cells
        if one.role == role
        for action in one.actions
    }
    flip_back = {switch.name: switch.is_on}
    Enterprise.objects.filter(pk=school.pk).update(**flip_back)
    assert scopes_of(again(person)) == before


@pytest.mark.parametrize("switch", SWITCHES, ids=NAMES)
def test_two_schools_with_opposite_switches_do_not_disturb_each_other(
    switch: Switch, school: Enterprise, other_school: Enterprise
) -> None:
    flip(other_school, switch)
    for cells in switch.cells:
        here = again(create_person(school, f"here-{cells.role}", cells.role))
        there = again(create_person(other_school, f"there-{cells.role}", cells.role))
        for _twice in range(2):
            for action in cells.actions:
                assert scope_of(there, action, cells.resource) == SCOPES[cells.letter]
                assert scope_of(here, action, cells.resource) != SCOPES[cells.letter]


def test_a_check_costs_no_query(bob: User, django_assert_num_queries) -> None:
    bob = again(bob)
    with django_assert_num_queries(0):
        scopes_of(bob)


def test_an_operator_in_a_school_has_no_switched_rights(school: Enterprise, olga: User) -> None:
    for switch in SWITCHES:
        flip(school, switch)
    school.refresh_from_db()
    before = scopes_of(olga)
    olga.enter_school(school)
    for resource, action, _role in SWITCHED:
        assert scope_of(olga, action, resource) != Scope.OWN
    olga.enterprise = None
    assert scopes_of(olga) == before


class TestOwnRows:
    @pytest.fixture
    def lessons(self, bob: User) -> dict[str, Lesson]:
        """A lesson that Bob teaches, and one of Tom in which Bob assists."""
        tom, dina = (
            create_person(bob.enterprise, name, role)
            for name, role in (("tom", "teacher"), ("dina", "student"))
        )
        taught, assisted = create_planned_lesson(bob), create_planned_lesson(tom)
        add_members(taught, dina)
        add_members(assisted, dina)
        Member.objects.create(lesson=assisted, user=bob, role=Member.Role.ASSISTANT)
        for switch in SWITCHES:
            Enterprise.objects.filter(pk=bob.enterprise_id).update(**{switch.name: True})
        return {"taught": taught, "assisted": assisted}

    @pytest.mark.parametrize("action", ["change", "cancel"])
    def test_teachers_change_what_they_teach_not_what_they_assist_in(
        self, action: str, bob: User, lessons: dict[str, Lesson], charlie: User
    ) -> None:
        bob = again(bob)
        foreign = create_planned_lesson(create_person(charlie.enterprise, "carla", Role.TEACHER))
        assert [may(bob, action, "lesson", one) for one in (*lessons.values(), foreign)] == [
            True,
            False,
            False,
        ]
        assert list(scoped(Lesson.objects.all(), bob, "lesson", action)) == [lessons["taught"]]

    def test_phones_are_those_of_students_whom_they_teach(
        self, bob: User, lessons: dict[str, Lesson]
    ) -> None:
        bob = again(bob)
        shown = scoped(Member.objects.all(), bob, "member", "phone")
        assert [(one.lesson, one.role) for one in shown] == [(lessons["taught"], "student")]
        assert [may(bob, "phone", "member", one) for one in Member.objects.order_by("pk")] == [
            True,
            False,
            False,
        ]

    def test_lists_are_those_of_lessons_that_they_teach(self, bob: User, lessons: dict[str, Lesson]) -> None:
        bob = again(bob)
        changed = scoped(Member.objects.all(), bob, "member", "change")
        assert {one.lesson for one in changed} == {lessons["taught"]}
        assert [may(bob, "change", "member", one) for one in Member.objects.order_by("pk")] == [
            True,
            False,
            False,
        ]


def test_a_refusal_names_the_roles_that_may_in_this_school(
    alice: User, bob: User, school: Enterprise
) -> None:
    assert "教师" not in refusal_message(again(bob), "add", "lesson")
    Enterprise.objects.filter(pk=school.pk).update(teachers_schedule=True)
    dina = again(create_person(school, "dina", Role.STUDENT))
    assert "管理员, 教师。" in refusal_message(dina, "add", "lesson")


def test_tokens_are_offered_what_the_switches_allow(bob: User, school: Enterprise) -> None:
    dina = create_person(school, "dina", Role.STUDENT)
    assert "recordings:read" in scopes_offered_to(again(dina))
    Enterprise.objects.filter(pk=school.pk).update(students_see_recordings=False, students_appeal=False)
    offered = scopes_offered_to(again(dina))
    assert "recordings:read" not in offered
    assert ("appeals:read" in offered, "appeals:write" in offered) == (True, False)


def test_the_days_limit_those_for_whom_the_switch_is(school: Enterprise) -> None:
    people = {role: again(create_person(school, role, role)) for role in ("admin", "teacher", "assistant")}
    assert [days_allowed(one, "correct", "attendance") for one in people.values()] == [None, None, None]
    Enterprise.objects.filter(pk=school.pk).update(correct_within_days=7)
    people = {role: again(one) for role, one in people.items()}
    assert [days_allowed(one, "correct", "attendance") for one in people.values()] == [None, 7, 7]
    assert days_allowed(people["teacher"], "answer", "attendance") is None


def test_without_a_school_the_table_holds() -> None:
    for resource, action in CELLS:
        assert letters(None, resource, action, tuple(ROLES)) == TABLE[resource][action].split()
    assert role_of(None) == ""
