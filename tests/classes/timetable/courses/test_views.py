"""Planning a series on its page: the dates beside the form, conflicts named before saving, nothing lost."""

import re
from datetime import date, datetime

import pytest
from django.utils import timezone

from accounts.models import StudentGroup
from classes.models import Course, Holiday, Lesson, Term
from classes.timetable.courses.planning import plan_course
from console.outbox.models import Operation
from tests.classes.timetable.courses.course_form import COURSE_FORM

pytestmark = pytest.mark.django_db

TYPED = COURSE_FORM | {"confirmed": "on"}


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_dates_are_told_while_somebody_types(browse, alice, bob, school):
    Holiday.objects.create(
        enterprise=school, name="Spring", starts_on=date(2027, 3, 9), ends_on=date(2027, 3, 9)
    )
    answer = browse(alice, "/courses/new/", TYPED | {"skip": "2027-03-16"}, htmx=True)
    page = answer.content.decode()
    assert "every Tue and Thu 19:00–20:30 until 18 Mar 2027, 4 lessons" in page
    assert "<s>2027-03-09 Tue</s>" in page
    assert "Spring" in page
    assert "<s>2027-03-16 Tue</s>" in page
    assert not Course.objects.exists()
    told = words(browse(alice, "/courses/new/", TYPED, htmx=True, language="zh-hans"))
    assert "每周二和周四 19:00–20:30，至2027年3月18日，共 5 节课" in told


def test_conflicts_are_named_with_links_before_saving(browse, alice, bob):
    browse(alice, "/courses/new/", TYPED | {"weekdays": [], "until": "", "start": "20:00"})
    lesson = Lesson.objects.get()
    page = browse(alice, "/courses/new/", TYPED, htmx=True).content.decode()
    assert f'href="/lessons/{lesson.pk}/"' in page
    assert "Conflict on 1 day" in page
    answer = browse(alice, "/courses/new/", TYPED)
    assert answer.status_code == 200
    assert "Choose other times or people, or enter a reason to allow the conflicts." in words(answer)
    assert 'value="Croquet"' in answer.content.decode()
    assert browse(alice, "/courses/new/", TYPED | {"conflict_reason": "Two rooms."}).status_code == 302
    assert Lesson.objects.filter(conflict_allowed=True).count() == 1


def test_a_series_is_planned_with_its_group_and_each_lesson_shows_its_state(browse, alice, bob, kids):
    year7 = StudentGroup.objects.get()
    answer = browse(alice, "/courses/new/", TYPED | {"groups": [year7.pk]})
    course = Course.objects.get()
    assert answer.url == f"/courses/{course.pk}/"
    assert course.lessons.count() == Operation.objects.filter(kind="class.create").count() == 6
    page = words(browse(alice, answer.url))
    assert page.count("sending") == 6
    assert "every Tue and Thu" in page
    assert "Croquet" in words(browse(alice, "/courses/"))


def test_a_series_follows_its_lessons_until_none_is_on_its_way(browse, alice, bob):
    address = browse(alice, "/courses/new/", TYPED).url
    poll = 'id="course-lessons" data-live="3"'
    page = browse(alice, address).content.decode()
    assert page.count(poll) == page.count("data-live") == 1
    first, *others = Lesson.objects.order_by("starts_at")
    Lesson.objects.filter(pk__in=[one.pk for one in others]).update(sync_state="in_sync")
    assert poll in browse(alice, address).content.decode()
    for state in ("in_sync", "refused", "held", "needs_you"):
        Lesson.objects.filter(pk=first.pk).update(sync_state=state)
        assert "data-live" not in browse(alice, address).content.decode(), state


def test_a_series_goes_on_until_the_end_of_a_term(browse, alice, bob, school):
    term = Term.objects.create(
        enterprise=school, name="Spring", starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 9)
    )
    browse(alice, "/courses/new/", TYPED | {"until": "", "term": term.pk})
    course = Course.objects.get()
    assert (course.lessons.count(), course.term) == (3, term)
    assert "Spring" in words(browse(alice, f"/courses/{course.pk}/"))


def test_the_holidays_of_the_chosen_term_are_struck_through_beside_the_form(browse, alice, bob, school):
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 18)}
    term, other = (Term.objects.create(enterprise=school, name=name, **days) for name in ("Spring", "Eve"))
    free = {"starts_on": date(2027, 3, 9), "ends_on": date(2027, 3, 9)}
    Holiday.objects.create(enterprise=school, name="Half-term", term=term, **free)
    page = browse(alice, "/courses/new/", TYPED | {"term": term.pk}, htmx=True).content.decode()
    assert "<s>2027-03-09 Tue</s>" in page
    assert "Half-term" in page
    page = browse(alice, "/courses/new/", TYPED | {"term": other.pk}, htmx=True).content.decode()
    assert "<s>" not in page
    monthly = {"rrule": "FREQ=MONTHLY;BYMONTHDAY=2;COUNT=2", "term": term}
    monthly |= {"starts_local": datetime(2027, 3, 2, 8), "duration_minutes": 45}
    course = plan_course(title="Tea", teacher=bob, by=alice, **monthly)
    plain = {"topic": "Hats", "weekdays": [], "until": "", "start": "08:00", "end": "08:45"}
    browse(alice, f"/courses/{course.pk}/edit/", TYPED | plain | {"term": term.pk})
    course.refresh_from_db()
    assert (course.title, course.rrule) == ("Hats", monthly["rrule"])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"until": ""}, "Enter an end for the course"),
        ({"count": "3"}, "Choose one way to end"),
        ({"skip": "soon"}, "“soon” is not a date"),
        ({"day": "2020-01-07"}, "This day is in the past"),
        ({"topic": ""}, "Enter a title for the course."),
        ({"end": "19:00"}, "A lesson can last from 1 minute"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_planned(browse, alice, bob, wrong, sentence):
    answer = browse(alice, "/courses/new/", TYPED | wrong)
    assert answer.status_code == 200
    assert sentence in words(answer)
    assert not Course.objects.exists()


def test_this_lesson_the_following_or_all_are_changed(browse, alice, bob):
    browse(alice, "/courses/new/", TYPED)
    course = Course.objects.get()
    third = course.lessons.order_by("starts_at")[2]
    path = f"/courses/{course.pk}/edit/?lesson={third.pk}"
    assert browse(alice, path).content.decode().count('name="scope"') == 3
    browse(alice, path, TYPED | {"topic": "Tea", "scope": "following"})
    topics = list(course.lessons.order_by("starts_at").values_list("topic", flat=True))
    assert topics == ["Croquet"] * 2 + ["Tea"] * 4
    browse(alice, f"/courses/{course.pk}/edit/", TYPED | {"topic": "Tea", "start": "18:00", "end": "19:30"})
    hours = {timezone.localtime(one.starts_at).hour for one in course.lessons.all()}
    assert hours == {18}


def test_a_series_is_cancelled_with_a_reason(browse, alice, bob):
    browse(alice, "/courses/new/", TYPED)
    course = Course.objects.get()
    browse(alice, f"/courses/{course.pk}/cancel/", {"reason": "The Queen is away."})
    assert set(course.lessons.values_list("cancel_reason", flat=True)) == {"The Queen is away."}
    assert not Operation.objects.filter(state="ready").exists()


def test_a_single_lesson_in_conflict_asks_for_a_reason_and_names_the_other(browse, alice, bob):
    browse(alice, "/courses/new/", TYPED)
    other = Lesson.objects.order_by("starts_at")[0]
    plain = {name: value for name, value in TYPED.items() if name not in ("weekdays", "until")}
    answer = browse(alice, "/lessons/new/", plain)
    assert answer.status_code == 200
    assert f'href="/lessons/{other.pk}/"' in answer.content.decode()
    assert browse(alice, "/lessons/new/", plain | {"conflict_reason": "Two rooms."}).status_code == 302


def test_terms_and_holidays_are_kept_by_the_school(browse, alice, bob, charlie, school):
    days = {"name": "Spring", "starts_on": "2027-03-01", "ends_on": "2027-06-30"}
    browse(alice, "/year/term/new/", days)
    browse(alice, "/year/holiday/new/", days | {"name": "May"})
    term, holiday = Term.objects.get(), Holiday.objects.get()
    assert "Spring" in words(browse(alice, "/year/"))
    answer = browse(alice, f"/year/term/{term.pk}/", days | {"ends_on": "2027-02-01"})
    assert "The last day must not be before the first day." in words(answer)
    assert ("A term with this name already exists in your school.") in words(
        browse(alice, "/year/term/new/", days)
    )
    assert browse(charlie, f"/year/holiday/{holiday.pk}/delete/", {}).status_code == 404
    assert browse(bob, "/year/").status_code == 403
    browse(alice, f"/year/holiday/{holiday.pk}/delete/", {})
    assert not Holiday.objects.exists()


def test_a_term_keeps_holidays_of_its_own_that_lie_in_it(browse, alice, charlie, school, other_school):
    days = {"name": "Spring", "starts_on": "2027-03-01", "ends_on": "2027-06-30"}
    browse(alice, "/year/term/new/", days)
    term = Term.objects.get()
    free = {"name": "Half-term", "term": term.pk, "starts_on": "2027-05-01", "ends_on": "2027-05-05"}
    path = f"/year/holiday/new/?term={term.pk}"
    assert f'value="{term.pk}" selected' in browse(alice, path).content.decode()
    assert f'value="{term.pk}"' not in browse(charlie, path).content.decode()
    late = browse(alice, path, free | {"ends_on": "2027-07-01"})
    assert "The term “Spring” lasts from 2027-03-01 to 2027-06-30." in words(late)
    browse(alice, path, free)
    assert Holiday.objects.get().term == term
    assert browse(charlie, "/year/holiday/new/", free).status_code == 200
    assert not Holiday.objects.filter(enterprise=other_school).exists()
    shorter = browse(alice, f"/year/term/{term.pk}/", days | {"ends_on": "2027-05-02"})
    assert "“Half-term” would fall outside the term." in words(shorter)
    assert "Half-term" in words(browse(alice, "/year/"))
    browse(alice, f"/year/term/{term.pk}/delete/", {})
    assert not Holiday.objects.exists()


def test_a_number_of_lessons_is_made_in_full_unless_holidays_use_them_up(browse, alice, bob, school):
    Holiday.objects.create(
        enterprise=school, name="Spring", starts_on=date(2027, 3, 9), ends_on=date(2027, 3, 9)
    )
    counted = TYPED | {"until": "", "count": "3"}
    page = browse(alice, "/courses/new/", counted | {"skipped": "made_up"}, htmx=True).content.decode()
    assert re.findall(r'<li value="(\d)">2027-03-(\d\d)', page) == [("1", "02"), ("2", "04"), ("3", "11")]
    assert '<li class="plan-left-out"><s>2027-03-09 Tue</s>' in page
    page = browse(alice, "/courses/new/", counted | {"skipped": "used_up"}, htmx=True).content.decode()
    assert re.findall(r'<li value="(\d)">2027-03-(\d\d)', page) == [("1", "02"), ("2", "04")]
    browse(alice, "/courses/new/", counted)
    course = Course.objects.get()
    assert (course.lessons.count(), course.make_up_skipped) == (3, True)
    assert "3 lessons" in words(browse(alice, f"/courses/{course.pk}/"))
    browse(alice, f"/courses/{course.pk}/edit/", counted | {"skipped": "used_up"})
    assert course.lessons.filter(cancelled_at=None).count() == 2
