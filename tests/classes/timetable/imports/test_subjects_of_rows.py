"""The column of subjects in a timetable from a file."""

import pytest

from classes.models import Course, Lesson, Subject
from classes.timetable.imports.columns import guess_fields
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from classes.timetable.subjects.services import delete_subject
from console.imports import services
from console.imports.import_type import ImportOutdated
from tests.classes.factories import create_students
from tests.classes.timetable.imports.test_timetable_import import series, taken
from tests.classes.timetable.imports.timetable_files import HEADINGS, next_monday

pytestmark = pytest.mark.django_db
WITH_SUBJECT = (*HEADINGS, "subject")


@pytest.fixture(autouse=True)
def _year_7(school):
    create_students(school, 3, "Year 7")


@pytest.fixture
def maths(school):
    return Subject.objects.create(enterprise=school, name="Maths", colour=1)


def test_a_series_may_name_its_subject_and_a_single_lesson_has_none(alice, bob, maths, other_school):
    Subject.objects.create(enterprise=other_school, name="Theirs", colour=1)
    monday = next_monday()
    single = series(monday, topic="Tea", start="14:00", weekdays="", until="")
    rows = [
        (*series(monday), "Maths"),
        (*single, "Maths"),
        (*series(monday, topic="Hats", start="16:00"), ""),
        (*series(monday, topic="Cards", start="17:00"), "Theirs"),
    ]
    source = taken(rows, alice, headings=WITH_SUBJECT)
    told = list(source.lines.order_by("number").values_list("outcome", "why", "named"))
    assert told[:3] == [("added", "", "")] * 3
    assert told[3] == ("refused", "subject", "Theirs")
    services.start_apply(TIMETABLE_IMPORT, source, by=alice, reason="")
    assert dict(Course.objects.values_list("title", "subject")) == {"Croquet": maths.pk, "Hats": None}
    assert Lesson.objects.get(topic="Tea").course is None


def test_a_subject_that_was_deleted_after_the_preview_makes_a_new_one(alice, bob, maths):
    Subject.objects.create(enterprise=maths.enterprise, name="Music", colour=2)
    source = taken([(*series(next_monday()), "Maths")], alice, headings=WITH_SUBJECT)
    delete_subject(subject=maths, by=alice)
    with pytest.raises(ImportOutdated):
        TIMETABLE_IMPORT.write(source, by=alice, reason="")


def test_a_school_without_subjects_ignores_the_column(alice, bob):
    source = taken([(*series(next_monday()), "Maths")], alice, headings=WITH_SUBJECT)
    assert source.counts["added"] == 1


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["科目", "教师"], ["topic", "teacher"]),
        (["Subject", "Teacher"], ["topic", "teacher"]),
        (["主题", "科目"], ["topic", "subject"]),
        (["Subject", "Topic"], ["subject", "topic"]),
    ],
)
def test_a_column_of_subjects_is_the_topic_where_no_other_column_is(headings, fields):
    assert guess_fields(headings) == fields
