"""Grades of a school: adding, renaming, moving and deleting, what is refused, and what the trail keeps."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import Enterprise, Grade, StudentGroup, User
from accounts.people.grades.presets import GRADE_SETS
from accounts.people.grades.services import (
    add_grade,
    add_grade_set,
    delete_grade,
    move_grade,
    rename_grade,
)
from accounts.people.group_services import save_group
from console.audit.models import AuditEntry
from console.concurrency import EditConflict, RowDeleted
from tests.support.charges import put_in_charge

pytestmark = pytest.mark.django_db


def names(school: Enterprise) -> list[str]:
    return list(Grade.objects.filter(enterprise=school).values_list("name", flat=True))


def test_a_new_grade_stands_after_the_others(school: Enterprise, alice: User) -> None:
    for name in ("Grade 7", "Grade 8"):
        add_grade(name=name, by=alice)
    assert names(school) == ["Grade 7", "Grade 8"]


def test_a_name_exists_once_a_school(alice: User, charlie: User) -> None:
    grade = add_grade(name="Grade 7", by=alice)
    other = add_grade(name="Grade 8", by=alice)
    add_grade(name="Grade 7", by=charlie)
    taken = gettext("A grade with this name already exists in your school.")
    with pytest.raises(ValidationError, match=taken):
        add_grade(name="Grade 7", by=alice)
    with pytest.raises(ValidationError, match=taken):
        rename_grade(grade=other, name=grade.name, by=alice)


def test_a_ready_made_set_adds_what_the_school_does_not_have(school: Enterprise, alice: User) -> None:
    add_grade(name="Grade 8", by=alice)
    with translation.override("en"):
        added = add_grade_set(grade_set=GRADE_SETS["middle"], by=alice)
    assert [one.name for one in added] == ["Grade 7", "Grade 9"]
    with translation.override("en"):
        assert add_grade_set(grade_set=GRADE_SETS["middle"], by=alice) == []
    assert names(school) == ["Grade 8", "Grade 7", "Grade 9"]


def test_grades_change_places_and_the_ends_stay(school: Enterprise, alice: User) -> None:
    for name in ("Grade 7", "Grade 8", "Grade 9"):
        add_grade(name=name, by=alice)
    grade = Grade.objects.get(name="Grade 9")
    move_grade(grade=grade, up=True, by=alice)
    assert names(school) == ["Grade 7", "Grade 9", "Grade 8"]
    move_grade(grade=grade, up=True, by=alice)
    move_grade(grade=grade, up=True, by=alice)
    assert names(school) == ["Grade 9", "Grade 7", "Grade 8"]
    move_grade(grade=grade, up=False, by=alice)
    assert names(school) == ["Grade 7", "Grade 9", "Grade 8"]
    assert AuditEntry.objects.filter(action="grade.move").count() == 6


def test_a_concurrent_rename_is_refused_and_a_deleted_grade_too(alice: User) -> None:
    stale = add_grade(name="Grade 7", by=alice)
    rename_grade(grade=Grade.objects.get(), name="Year 7", by=alice)
    with pytest.raises(EditConflict):
        rename_grade(grade=stale, name="Form 7", by=alice)
    delete_grade(grade=stale, by=alice)
    for act in (
        lambda: rename_grade(grade=stale, name="Form 7", by=alice),
        lambda: move_grade(grade=stale, up=True, by=alice),
        lambda: delete_grade(grade=stale, by=alice),
    ):
        with pytest.raises(RowDeleted):
            act()


def test_groups_stay_without_a_deleted_grade_and_its_heads_go(
    school: Enterprise, alice: User, bob: User
) -> None:
    grade = add_grade(name="Grade 7", by=alice)
    group = save_group(
        group=StudentGroup(enterprise=school, name="Hatters"), students=[], by=alice, grade=grade
    )
    head = put_in_charge(grade, bob)
    assert delete_grade(grade=grade, by=alice) == 1
    group.refresh_from_db()
    assert group.grade is None
    assert not type(head).objects.exists()
    entry = AuditEntry.objects.get(action="grade.delete")
    assert entry.before == {"name": "Grade 7", "position": 1, "groups": ["Hatters"], "heads": ["bob"]}


def test_a_group_gets_a_grade_of_its_school_only_and_the_trail_names_it(
    school: Enterprise, alice: User, charlie: User
) -> None:
    grade, foreign = add_grade(name="Grade 7", by=alice), add_grade(name="Grade 7", by=charlie)
    group = save_group(group=StudentGroup(enterprise=school, name="Hatters"), students=[], by=alice)
    with pytest.raises(ValidationError, match=gettext("Choose a grade of your school.")):
        save_group(group=group, students=None, by=alice, grade=foreign)
    save_group(group=StudentGroup.objects.get(pk=group.pk), students=None, by=alice, grade=grade)
    entry = AuditEntry.objects.get(action="group.change")
    assert (entry.before["grade"], entry.after["grade"]) == (None, "Grade 7")


def test_a_grade_that_was_deleted_meanwhile_is_refused_at_its_field(school: Enterprise, alice: User) -> None:
    grade = add_grade(name="Grade 7", by=alice)
    stale = Grade.objects.get()
    delete_grade(grade=grade, by=alice)
    with pytest.raises(ValidationError) as refused:
        save_group(group=StudentGroup(enterprise=school, name="Hatters"), students=[], by=alice, grade=stale)
    assert list(refused.value.error_dict) == ["grade"]
