"""Pages of the subjects, the choice of one in the form of a course, and the filter of courses by subject."""

import pytest

from accounts.models import User
from classes.models import Course, Subject
from tests.classes.timetable.courses.test_views import TYPED
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
SUBJECTS = "/subjects/"
FORM = {"name": "Maths", "colour": "3", "teachers": ["bob"]}


def test_an_administrator_adds_changes_and_deletes_a_subject(browse, alice, bob, course_of):
    assert "Subjects colour the timetable" in page_text(browse(alice, SUBJECTS))
    assert browse(alice, f"{SUBJECTS}new/", FORM).status_code == 302
    subject = Subject.objects.get()
    assert (subject.name, subject.colour, list(subject.teachers.all())) == ("Maths", 3, [bob])
    page = page_text(browse(alice, SUBJECTS))
    assert '<span class="tt-mark hue-3" aria-hidden="true">M</span>Maths' in page
    assert "purple" in page
    address = f"{SUBJECTS}{subject.pk}/"
    browse(alice, address, FORM | {"name": "Sums", "colour": "5", "teachers": []})
    subject.refresh_from_db()
    assert (subject.name, subject.colour, list(subject.teachers.all())) == ("Sums", 5, [])
    course = course_of(bob, subject)
    assert browse(alice, f"{address}delete/", {}).status_code == 302
    assert "The subject has been deleted. 1 course is now without one." in page_text(browse(alice, SUBJECTS))
    course.refresh_from_db()
    assert (Subject.objects.count(), course.subject) == (0, None)


def test_a_new_subject_is_offered_the_first_colour_that_is_not_used(browse, alice, maths):
    Subject.objects.create(enterprise=maths.enterprise, name="Art", colour=1)
    page = page_text(browse(alice, f"{SUBJECTS}new/"))
    assert 'value="2" required checked' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Enter a name for the subject."),
        ({"name": "Music"}, "A subject with this name already exists in your school."),
        ({"colour": "9"}, "This choice is not offered here."),
        ({"teachers": ["kid1"]}, "There is no suitable person in your school with the user ID “kid1”."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browse, alice, bob, kids, music, fields, sentence):
    answer = browse(alice, f"{SUBJECTS}new/", FORM | fields)
    assert sentence in page_text(answer)
    assert not Subject.objects.filter(name="Maths").exists()


def test_a_change_that_somebody_else_made_meanwhile_is_said_and_nothing_is_lost(browse, alice, bob, maths):
    address = f"{SUBJECTS}{maths.pk}/"
    seen = browse(alice, address).context["form"].seen_json
    Subject.objects.filter(pk=maths.pk).update(name="Algebra")
    answer = browse(alice, address, FORM | {"name": "Sums", "seen": seen})
    assert "Someone changed this to “Algebra” while you were editing." in page_text(answer)
    assert 'value="Sums"' in page_text(answer)
    Subject.objects.filter(pk=maths.pk).delete()
    assert browse(alice, address).status_code == 404


def test_a_teacher_sees_the_own_subjects_and_changes_nothing(browse, bob, alice, maths, music, course_of):
    course_of(alice, music)
    maths.teachers.add(bob)
    page = page_text(browse(bob, SUBJECTS))
    assert "Maths" in page
    assert "Music" not in page
    assert "New subject" not in page
    for path in ("new/", f"{maths.pk}/", f"{maths.pk}/delete/"):
        assert browse(bob, SUBJECTS + path, {}).status_code == 403


def test_a_teacher_is_shown_the_number_of_the_own_courses(browse, bob, alice, maths, course_of):
    course_of(alice, maths)
    maths.teachers.add(bob)
    assert "Courses in Maths" not in page_text(browse(bob, SUBJECTS)), "the list of courses has none of it"
    course_of(bob, maths, "Algebra")
    link = f'subject={maths.pk}" aria-label="Courses in Maths">'
    assert f"{link}1</a>" in page_text(browse(bob, SUBJECTS))
    assert f"{link}2</a>" in page_text(browse(alice, SUBJECTS))


def test_a_student_and_another_school_have_no_page_about_it(browse, kids, charlie, maths):
    assert browse(kids[0], SUBJECTS).status_code == 403
    assert "Maths" not in page_text(browse(charlie, SUBJECTS))
    for path in ("", "delete/"):
        assert browse(charlie, f"{SUBJECTS}{maths.pk}/{path}", {}).status_code == 404


def test_the_list_counts_without_a_query_for_each(queries, alice, bob, school, maths, course_of):
    maths.teachers.add(bob, alice)
    course_of(bob, maths), course_of(bob, maths)
    few = queries(alice, SUBJECTS)
    for number in range(20):
        course_of(bob, Subject.objects.create(enterprise=school, name=f"S{number}", colour=1))
    assert queries(alice, SUBJECTS) == few <= 12


class TestCourses:
    def test_a_subject_is_chosen_for_a_course_and_kept_by_a_copy(self, browse, alice, bob, maths, music):
        assert browse(alice, "/courses/new/", TYPED | {"subject": str(maths.pk)}).status_code == 302
        course = Course.objects.get()
        assert course.subject == maths
        assert 'aria-hidden="true">M</span>Maths' in page_text(browse(alice, f"/courses/{course.pk}/"))
        copy = browse(alice, f"/courses/new/?like={course.pk}")
        assert copy.context["form"]["subject"].value() == maths.pk
        edited = TYPED | {"subject": str(music.pk), "skipped": "made_up"}
        assert browse(alice, f"/courses/{course.pk}/edit/", edited).status_code == 302
        course.refresh_from_db()
        assert course.subject == music

    def test_a_subject_of_another_school_is_no_choice(self, browse, alice, bob, charlie, other_school):
        theirs = Subject.objects.create(enterprise=other_school, name="Theirs", colour=1)
        answer = browse(alice, "/courses/new/", TYPED | {"subject": str(theirs.pk)})
        assert "Choose a subject of your school." in page_text(answer)
        assert "Theirs" not in page_text(answer)

    def test_the_list_is_filtered_by_subject(self, browse, alice, bob, maths, music, course_of):
        course_of(bob, maths, "Algebra"), course_of(bob, music, "Choir"), course_of(bob, None, "Croquet")
        page = page_text(browse(alice, f"/courses/?subject={maths.pk}"))
        assert "Algebra" in page
        assert "Choir" not in page
        everything = page_text(browse(alice, "/courses/?subject=0"))
        assert "Choose a subject of your school." in everything
        assert "Croquet" in everything

    def test_a_student_filters_by_the_subjects_of_the_own_courses(
        self, browse, bob, kids, maths, music, course_of
    ):
        course_of(bob, maths, "Algebra").members.add(kids[0])
        course_of(bob, music, "Choir")
        form = browse(kids[0], "/courses/").context["filter_form"]
        assert list(form.fields["subject"].queryset) == [maths]


def test_who_left_stays_a_teacher_of_the_subject_until_removed(browse, alice, bob, maths):
    maths.teachers.add(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    browse(alice, f"{SUBJECTS}{maths.pk}/", FORM)
    assert list(maths.teachers.all()) == [bob]
    assert browse(alice, SUBJECTS).context["page_obj"][0].teacher_count == 0
