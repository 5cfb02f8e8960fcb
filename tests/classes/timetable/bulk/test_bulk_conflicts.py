"""Many lessons changed together, beside other editors and beside each other."""

from datetime import timedelta

import pytest
from django.utils.html import escape

from accounts.models import Role
from classes.conflicts.guard import BookingConflictError
from classes.models import Lesson
from classes.timetable.bulk.services import BulkEdit, edit_lessons
from tests.classes.factories import (
    create_planned_lesson,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fresh(lessons):
    return list(Lesson.objects.filter(pk__in=[one.pk for one in lessons]).order_by("starts_at"))


def test_what_somebody_else_changed_since_the_preview_is_shown_again_first(browse, alice, lessons):
    typed = {"chosen": [one.pk for one in lessons], "topic": "Hats", "add": ["kid3"]}
    looked = browse(alice, "/lessons/many/", typed | {"look": "1"})
    seen = looked.context["form"].seen_json
    assert escape(seen) in looked.content.decode()
    Lesson.objects.filter(pk=lessons[0].pk).update(bitrate=900)
    Lesson.objects.filter(pk=lessons[1].pk).update(topic="Tea")
    told = browse(alice, "/lessons/many/", typed | {"sure": "1", "seen": seen})
    page = told.content.decode()
    assert "Someone else changed “Tea” in the meantime" in page
    assert "<del>Tea</del> <ins>Hats</ins>" in page
    assert {one.topic for one in fresh(lessons)} == {lessons[0].topic, "Tea", lessons[2].topic}
    again = typed | {"sure": "1", "seen": told.context["form"].seen_json}
    assert browse(alice, "/lessons/many/", again).status_code == 302
    assert {one.topic for one in fresh(lessons)} == {"Hats"}
    assert fresh(lessons)[0].bitrate == 900


def test_lessons_that_change_together_are_held_against_each_other(browse, alice, bob, carol, kids, school):
    """Each for itself would be free: neither has anything at that time but what is being changed."""
    free = {"conflict_allowed": False, "conflict_reason": ""}
    two = [create_planned_lesson(teacher, DAY, **free) for teacher in (bob, carol)]
    with pytest.raises(BookingConflictError) as told:
        edit_lessons(school=school, lessons=fresh(two), edit=BulkEdit(add=[kids[2]]), by=alice)
    assert {(one.kind, one.who) for one in told.value.conflicts} == {("student", "kid3")}
    hers = BulkEdit(fields={"teacher": create_person(school, "dora", Role.TEACHER)})
    with pytest.raises(BookingConflictError) as told:
        edit_lessons(school=school, lessons=fresh(two), edit=hers, by=alice)
    named = {(one.kind, one.who, one.lesson.pk) for one in told.value.conflicts}
    assert named == {("teacher", "dora", one.pk) for one in two}
    reason = "Both in one hall."
    edit_lessons(school=school, lessons=fresh(two), edit=hers, by=alice, conflict_reason=reason)
    assert {one.conflict_reason for one in fresh(two)} == {reason}
    edit_lessons(school=school, lessons=fresh(two), edit=BulkEdit(days=1), by=alice)
