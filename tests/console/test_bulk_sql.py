"""Many rows in one statement: what is read back is what was given, and each row knows its key."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classes.models import Attendance, Lesson
from console import bulk_sql

pytestmark = pytest.mark.django_db

SAME = {"unique": ("lesson_id", "user_id"), "change": ("nickname", "mark")}
FIRST = datetime(2027, 3, 2, 19, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def lesson_marks(bob):
    (lesson,) = lessons(bob, 1)
    bulk_sql.bulk_insert([lesson])
    return lesson, bob


def lessons(teacher, number):
    return [
        Lesson(
            enterprise=teacher.enterprise,
            teacher=teacher,
            topic=f"“Croquet”, 100% \\ 'first' {place} 槌球",
            starts_at=FIRST + timedelta(hours=place),
            ends_at=FIRST + timedelta(hours=place + 1),
            record_types=["local", "remote"] if place % 2 else [],
            observed={"topic": 'a "b" \\', "n": None, "list": [1, True]},
            rules=None if place % 2 else {"late_after_s": 300},
        )
        for place in range(number)
    ]


def test_what_is_read_back_is_what_was_given(bob):
    given = lessons(bob, 4)
    bulk_sql.bulk_insert(given)
    for one in given:
        stored = Lesson.objects.get(pk=one.pk)
        for field in Lesson._meta.concrete_fields:
            assert getattr(stored, field.attname) == getattr(one, field.attname), field.name
    assert not given[0]._state.adding


def test_a_set_is_one_statement_and_none_are_none(bob):
    with CaptureQueriesContext(connection) as asked:
        bulk_sql.bulk_insert(lessons(bob, 50))
        bulk_sql.bulk_insert([])
    assert len(asked) == 1
    assert Lesson.objects.count() == 50


def test_what_no_column_of_a_set_can_hold_is_refused_before_anything_is_written(bob):
    (odd,) = lessons(bob, 1)
    odd.observed = {"key": b"bytes"}
    with pytest.raises(TypeError, match="bytes"):
        bulk_sql.bulk_insert([odd])
    assert not Lesson.objects.exists()


def test_of_a_row_that_is_there_the_named_columns_are_set_and_no_others(lesson_marks):
    lesson, person = lesson_marks
    keys = {"lesson": lesson, "user_id": "sue"}
    bulk_sql.bulk_upsert([Attendance(**keys, nickname="Sue", role="student", mark="late")], **SAME)
    first = Attendance.objects.get(**keys)
    again = [
        Attendance(**keys, nickname="Sue L.", role="teacher", mark="present", share=Decimal("0.5")),
        Attendance(lesson=lesson, user_id="tom", nickname="Tom", role="student", person=person),
    ]
    bulk_sql.bulk_upsert(again, **SAME)
    kept = Attendance.objects.get(**keys)
    assert (kept.pk, kept.nickname, kept.mark, kept.role) == (first.pk, "Sue L.", "present", "student")
    assert [row.pk for row in again] == list(
        Attendance.objects.order_by("user_id").values_list("pk", flat=True)
    )


def test_the_named_columns_of_rows_are_written_in_one_statement_and_no_others(bob):
    given = lessons(bob, 3)
    bulk_sql.bulk_insert(given)
    for number, one in enumerate(given):
        one.observed, one.real_started_at, one.record_types = {"now": number}, FIRST, ["remote"]
        one.topic = "not written"
    with CaptureQueriesContext(connection) as asked:
        bulk_sql.bulk_update(given[:2], ("observed", "real_started_at", "record_types"))
        bulk_sql.bulk_update([], ("observed",))
    assert len(asked) == 1
    stored = Lesson.objects.order_by("starts_at").values_list("observed", "real_started_at", "record_types")
    assert list(stored)[:2] == [({"now": number}, FIRST, ["remote"]) for number in range(2)]
    assert stored[2][0]["n"] is None
    assert not Lesson.objects.filter(topic="not written").exists()
