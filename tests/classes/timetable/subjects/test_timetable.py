"""Colours and filters of the timetable by subject."""

import pytest
from django.db.models import F

from classes.models import Lesson, Subject
from tests.classes.factories import add_members, create_planned_lesson
from tests.classes.timetable.calendar.test_views import fetch_timetable, titles
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(bob, maths, music, course_of):
    for title, subject in (("Algebra", maths), ("Choir", music), ("Croquet", None)):
        course_of(bob, subject, title)
    create_planned_lesson(bob, topic="Alone")


def test_lessons_have_the_colour_of_their_subject_and_its_letter(browse, alice, week):
    shown = fetch_timetable(browse, alice)
    colours = {one["title"]: (one["hue"], one["mark"], one["subject"]) for one in shown["lessons"]}
    assert colours == {
        "Algebra": (3, "M1", "Maths"),
        "Choir": (7, "M2", "Music"),
        "Croquet": (0, "", ""),
        "Alone": (0, "", ""),
    }
    assert shown["legend"] == [
        {"hue": 3, "mark": "M1", "name": "Maths"},
        {"hue": 7, "mark": "M2", "name": "Music"},
    ]


def test_a_subject_keeps_its_letter_in_a_week_without_the_other(browse, alice, week):
    Lesson.objects.filter(topic="Choir").delete()
    shown = fetch_timetable(browse, alice)
    assert [(one["title"], one["mark"]) for one in shown["lessons"] if one["mark"]] == [("Algebra", "M1")]


def test_subjects_come_first_once_a_course_has_one(browse, alice, bob, maths, course_of):
    course = course_of(bob, None)
    page = page_text(browse(alice, "/timetable/"))
    assert "Colour by subject" not in page
    assert '<option value="course" selected>' in page
    type(course).objects.update(subject=maths)
    assert '<option value="subject" selected>' in page_text(browse(alice, "/timetable/"))


def test_a_change_of_the_colour_shows_at_once(browse, alice, week):
    Subject.objects.update(colour=F("colour") + 1)
    hues = {one["title"]: one["hue"] for one in fetch_timetable(browse, alice)["lessons"]}
    assert (hues["Algebra"], hues["Choir"]) == (4, 8)


def test_a_teacher_and_a_student_see_the_colours_of_their_courses(browse, bob, kids, week):
    algebra = Lesson.objects.get(topic="Algebra")
    add_members(algebra, kids[0])
    algebra.course.members.add(kids[0])
    shown = fetch_timetable(browse, kids[0], "&colour=subject")
    assert [(one["title"], one["mark"]) for one in shown["lessons"]] == [("Algebra", "M")]
    assert "Music" not in page_text(browse(kids[0], "/timetable/"))
    assert {one["name"] for one in fetch_timetable(browse, bob)["legend"]} == {"Maths", "Music"}


def test_another_school_finds_nothing_of_it(browse, charlie, maths, week):
    assert fetch_timetable(browse, charlie, f"&colour=subject&subject={maths.pk}")["legend"] == []
    assert "Maths" not in page_text(browse(charlie, f"/timetable/?subject={maths.pk}"))


def test_a_filter_shows_the_lessons_of_its_subject(browse, alice, maths, music, week):
    assert titles(browse, alice, f"&subject={maths.pk}") == ["Algebra"]
    assert titles(browse, alice, f"&subject={maths.pk}&subject={music.pk}") == ["Algebra", "Choir"]
    query = f"&subject={music.pk}&subject={maths.pk}&colour=layer"
    shown = fetch_timetable(browse, alice, query)
    assert {one["title"]: one["hue"] for one in shown["lessons"]} == {"Algebra": 2, "Choir": 1}
    page = page_text(browse(alice, f"/timetable/?subject={maths.pk}"))
    assert "Remove Maths" in page
    assert "Show a subject" in page
