"""Subjects: their names, colours and teachers, and what becomes of the courses of a deleted one."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.models import Role, User
from classes.models import Course, Subject
from classes.timetable.courses.changes import change_course
from classes.timetable.subjects.services import add_subject, delete_subject, edit_subject, subject_digests
from console.audit.models import AuditEntry
from console.concurrency import EditConflict, RowDeleted
from tests.classes.api.test_courses import planned
from tests.support.cast import create_person
from tests.support.concurrent_calls import call_while_other_waits

pytestmark = pytest.mark.django_db


def errors_of(call):
    """Return the sentences of a refusal; a REST request before leaves the language of the school."""
    with translation.override("en"):
        with pytest.raises(ValidationError) as refused:
            call()
        return refused.value.message_dict


def test_a_new_subject_gets_the_first_colour_that_is_not_used(alice, charlie, maths):
    colours = [add_subject(by=alice, name=f"S{number}").colour for number in range(8)]
    assert colours == [1, 2, 4, 5, 6, 7, 8, 1], "Maths has the third; the ninth shares the first"
    assert add_subject(by=charlie, name="Maths").colour == 1, "another school counts by itself"


def test_a_name_is_used_once_in_a_school(alice, charlie, maths):
    sentence = "A subject with this name already exists in your school."
    assert errors_of(lambda: add_subject(by=alice, name="Maths")) == {"name": [sentence]}
    add_subject(by=charlie, name="Maths")
    music = add_subject(by=alice, name="Music")
    assert errors_of(lambda: edit_subject(subject=music, by=alice, name="Maths")) == {"name": [sentence]}
    with pytest.raises(IntegrityError), transaction.atomic():
        Subject.objects.create(enterprise=maths.enterprise, name="Maths", colour=1)


@pytest.mark.parametrize("colour", [9, -1])
def test_a_colour_is_one_of_eight(alice, maths, colour):
    assert "colour" in errors_of(lambda: add_subject(by=alice, name="Art", colour=colour))
    assert "colour" in errors_of(lambda: edit_subject(subject=maths, by=alice, colour=colour))


def test_teachers_are_active_staff_of_the_school(alice, bob, charlie, maths, kids):
    left = create_person(alice.enterprise, "left", Role.TEACHER)
    for person in (charlie, kids[0]):
        assert "teachers" in errors_of(lambda who=person: add_subject(by=alice, name="Art", teachers=[who]))
    edit_subject(subject=maths, by=alice, teachers=[bob, left])
    User.objects.filter(pk=left.pk).update(is_active=False)
    left.refresh_from_db()
    edit_subject(subject=maths, by=alice, teachers=[left])
    assert list(maths.teachers.all()) == [left], "who teaches it already may stay"
    assert "teachers" in errors_of(lambda: add_subject(by=alice, name="Art", teachers=[left]))


def test_each_act_is_on_the_trail_and_no_change_is_not(alice, bob):
    subject = add_subject(by=alice, name="Maths", teachers=[bob])
    edit_subject(subject=subject, by=alice, name="Maths", colour=1, teachers=[bob])
    edit_subject(subject=subject, by=alice, colour=5, teachers=[])
    delete_subject(subject=subject, by=alice)
    added, changed, deleted = AuditEntry.objects.order_by("pk")
    assert added.after == {"name": "Maths", "colour": 1, "teachers": [bob.pk]}
    assert (changed.before, changed.after) == (
        {"colour": 1, "teachers": [bob.pk]},
        {"colour": 5, "teachers": []},
    )
    assert (deleted.action, deleted.before["courses"]) == ("subject.delete", [])


def test_changes_of_different_fields_merge_and_of_the_same_field_are_reported(alice, bob, maths):
    seen = subject_digests(maths)
    edit_subject(subject=maths, by=alice, name="Mathematics", teachers=[bob])
    edit_subject(subject=maths, by=alice, name="Maths", colour=8, teachers=[], seen=seen)
    maths.refresh_from_db()
    assert (maths.name, maths.colour, list(maths.teachers.all())) == ("Mathematics", 8, [bob])
    with pytest.raises(EditConflict) as conflict:
        edit_subject(subject=maths, by=alice, name="Sums", teachers=[alice], seen=seen)
    assert conflict.value.fields == {"name": "Mathematics", "teachers": {bob.pk}}


def test_the_courses_of_a_deleted_subject_stay_without_one(alice, bob, maths, music, course_of):
    one, other = course_of(bob, maths), course_of(bob, music)
    delete_subject(subject=maths, by=alice)
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.subject, other.subject) == (None, music)
    assert AuditEntry.objects.get().before["courses"] == [one.pk]
    with pytest.raises(RowDeleted):
        delete_subject(subject=maths, by=alice)
    with pytest.raises(RowDeleted):
        edit_subject(subject=maths, by=alice, name="Sums")


class TestCourses:
    def test_a_course_keeps_its_subject_and_changes_it_with_any_scope_but_one_lesson(
        self, alice, bob, maths, music
    ):
        course = planned(alice, subject=maths.pk)
        lesson = course.lessons.order_by("starts_at").first()
        sentence = "The subject belongs to the course, not to a single lesson."
        one = {"course": course, "by": alice, "lesson": lesson, "subject": music}
        assert errors_of(lambda: change_course(scope="this", **one)) == {"scope": [sentence]}
        change_course(scope="following", **one)
        course.refresh_from_db()
        assert course.subject == music
        entry = AuditEntry.objects.filter(action="course.change").get()
        assert (entry.before, entry.after["subject"]) == ({"subject": maths.pk}, music.pk)
        assert entry.after["changed"] == 0, "lessons have no subject of their own"

    def test_a_subject_of_another_school_is_refused(self, alice, bob, charlie):
        course = planned(alice)
        theirs = add_subject(by=charlie, name="Maths")
        refused = errors_of(lambda: change_course(course=course, by=alice, subject=theirs))
        assert refused == {"subject": ["This subject does not belong to your school."]}

    def test_a_subject_that_was_deleted_meanwhile_is_said(self, alice, bob, maths):
        course = planned(alice)
        Subject.objects.filter(pk=maths.pk).delete()
        refused = errors_of(lambda: change_course(course=course, by=alice, subject=maths))
        sentence = "This subject was deleted in the meantime. Choose another one, or none."
        assert refused == {"subject": [sentence]}


@pytest.mark.django_db(transaction=True)
def test_a_subject_that_is_deleted_while_a_course_takes_it_leaves_the_course(alice, bob, maths):
    course = planned(alice)
    chosen = lambda: change_course(course=course, by=alice, subject=maths)  # noqa: E731
    call_while_other_waits(chosen, lambda: delete_subject(subject=maths, by=alice))
    assert Course.objects.get().subject is None
    assert not Subject.objects.exists()
