"""A lesson keeps its groups, and its members know by which of them they came."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role, StudentGroup
from classes.lessons.groups import students_in_groups
from classes.lessons.services import edit_lesson, schedule_lesson
from classes.models import Lesson
from tests.classes.factories import create_students
from tests.support.cast import create_person
from tests.support.iclass_service import tomorrow_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def year7(school, kids):
    return StudentGroup.objects.get(name="Year 7")


@pytest.fixture
def late(school):
    return create_person(school, "late", Role.STUDENT)


def lesson_for(alice, bob, *students, groups=()):
    starts, ends = tomorrow_at(8), tomorrow_at(9)
    return schedule_lesson(
        teacher=bob,
        by=alice,
        topic="Croquet",
        starts_at=starts,
        ends_at=ends,
        conflict_reason="Many at once, on purpose.",
        students=students,
        groups=groups,
    )


def ways(lesson):
    return dict(lesson.members.values_list("user__user_id", "via__name"))


def test_students_of_a_group_came_by_it_and_others_by_hand(alice, bob, year7, late):
    lesson = lesson_for(alice, bob, late, *students_in_groups([year7]), groups=[year7])
    assert list(lesson.groups.all()) == [year7]
    assert ways(lesson) == {"kid1": "Year 7", "kid2": "Year 7", "kid3": "Year 7", "late": None}


def test_the_groups_add_nobody_who_was_left_out(alice, bob, kids, year7):
    lesson = lesson_for(alice, bob, kids[0], groups=[year7])
    assert ways(lesson) == {"kid1": "Year 7"}


def test_whoever_was_added_by_hand_stays_so_when_the_group_comes(alice, bob, kids, year7):
    lesson = lesson_for(alice, bob, kids[0])
    edit_lesson(lesson=lesson, by=alice, groups=[year7], students=kids)
    assert ways(lesson) == {"kid1": None, "kid2": "Year 7", "kid3": "Year 7"}


def test_a_group_that_goes_leaves_its_students_to_another_group_or_to_the_hand(
    alice, bob, kids, year7, school
):
    choir = StudentGroup.objects.create(enterprise=school, name="Choir")
    choir.students.set(kids[:1])
    lesson = lesson_for(alice, bob, *kids, groups=[year7])
    edit_lesson(lesson=lesson, by=alice, groups=[choir])
    assert ways(lesson) == {"kid1": "Choir", "kid2": None, "kid3": None}


def test_a_group_that_is_deleted_leaves_its_students_in_the_lesson(alice, bob, kids, year7):
    lesson = lesson_for(alice, bob, *kids, groups=[year7])
    year7.delete()
    assert ways(lesson) == {"kid1": None, "kid2": None, "kid3": None}


def test_a_group_of_another_school_is_refused(alice, bob, other_school):
    theirs = StudentGroup.objects.create(enterprise=other_school, name="Chessmen")
    with pytest.raises(ValidationError):
        lesson_for(alice, bob, groups=[theirs])
    assert not Lesson.objects.exists()


def test_the_form_keeps_the_groups_and_lets_one_student_be_left_out(browse, alice, bob, kids, year7):
    lesson = lesson_for(alice, bob, *kids, groups=[year7])
    address = f"/lessons/{lesson.pk}/edit/"
    form = browse(alice, address).context["form"]
    assert form["groups"].value() == [str(year7.pk)]
    posted = {name: form[name].value() for name in ("topic", "teacher", "class_type", "bitrate")}
    posted |= {"day": tomorrow_at().date().isoformat(), "start": "08:00", "end": "09:00"}
    answer = browse(alice, address, posted | {"groups": [year7.pk], "students": ["kid1", "kid2"]})
    assert answer.status_code == 302
    assert ways(lesson) == {"kid1": "Year 7", "kid2": "Year 7"}
    assert list(lesson.groups.all()) == [year7]


def test_with_script_a_new_group_expects_only_those_who_are_ticked(browse, alice, bob, school):
    kid, _left_out = create_students(school, 2, "Year 8")
    group = StudentGroup.objects.get(name="Year 8")
    typed = {
        "topic": "Croquet",
        "teacher": "bob",
        "day": tomorrow_at().date().isoformat(),
        "start": "19:00",
        "end": "19:45",
        "class_type": "1vN",
        "bitrate": "850",
        "groups": [group.pk],
        "students": [kid.user_id],
        "picked": "True",
    }
    assert browse(alice, "/lessons/new/", typed).status_code == 302
    assert ways(Lesson.objects.get()) == {"kid1": "Year 8"}
