"""The page that makes a lesson up, its buttons, its list, and REST."""

import pytest
from django.urls import reverse

from classes.attendance.reports.forms import ReportForm
from classes.attendance.reports.lists import registers_to_close
from classes.attendance.reports.school import school_report
from classes.lessons.queries import filter_by_need
from classes.models import Lesson
from classes.timetable.make_up.services import make_up_lesson
from classes.timetable.make_up.times import propose_times
from console.ui.waiting import count_waiting
from tests.classes.timetable.make_up.conftest import lesson_at, moment
from tests.support.page_client import page_text
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def address(cancelled):
    return reverse("classes:lesson_make_up", args=[cancelled.pk])


def test_a_proposal_is_chosen_and_both_lessons_name_each_other(cancelled, alice, client, address, browse):
    client.force_login(alice)
    page = page_text(browse(alice, f"/lessons/{cancelled.pk}/"))
    assert "Make it up" in page
    shown = page_text(browse(alice, address))
    chosen = propose_times(cancelled).free[0].starts_at
    assert "The lesson was cancelled." in shown
    assert "2 students" in shown
    answer = browse(alice, address, post={"time": chosen.isoformat()})
    made = Lesson.objects.get(makes_up_for=cancelled)
    assert answer.headers["location"] == reverse("classes:lesson", args=[made.pk])
    assert "Make-up lesson for" in page_text(browse(alice, f"/lessons/{made.pk}/"))
    page = page_text(browse(alice, f"/lessons/{cancelled.pk}/"))
    assert "Made up by" in page
    assert "Make it up" not in page
    # The page of a lesson that is made up leads to its make-up.
    assert client.get(address).headers["location"] == reverse("classes:lesson", args=[made.pk])


def test_another_time_is_entered_and_what_was_typed_stays_beside_its_error(
    cancelled, alice, bob, browse, address
):
    lesson_at(bob, moment(3, 16), topic="Chess")
    typed = {"time": "other", "day": moment(3).date().isoformat(), "start": "16:10"}
    page = page_text(browse(alice, address, post=typed))
    assert "Chess" in page
    assert 'value="16:10"' in page
    browse(alice, address, post=typed | {"conflict_reason": "Both are short."})
    assert Lesson.objects.get(makes_up_for=cancelled).starts_at == moment(3, 16, 10)


def test_errors_are_sentences_at_their_fields(cancelled, alice, browse, address):
    def page_after(**typed):
        return page_text(browse(alice, address, post=typed))

    assert "Choose the day." in page_after(time="other")
    assert "is not free any more" in page_after(time="2001-01-01T00:00:00+00:00")
    free = propose_times(cancelled).free[0].starts_at
    assert "Choose “another time” to use it." in page_after(time=free.isoformat(), day="2030-01-01")
    yesterday = moment(-1).date().isoformat()
    assert "This time is over." in page_after(time="other", day=yesterday, start="10:00")
    assert not Lesson.objects.filter(makes_up_for=cancelled).exists()


def test_a_lesson_that_was_not_cancelled_leads_back_with_a_sentence(alice, bob, browse):
    lesson = lesson_at(bob, moment(7))
    answer = browse(alice, reverse("classes:lesson_make_up", args=[lesson.pk]))
    assert answer.headers["location"] == f"/lessons/{lesson.pk}/"
    assert "can be made up" in page_text(browse(alice, f"/lessons/{lesson.pk}/"))


def test_teachers_students_and_other_schools_do_not_make_lessons_up(
    cancelled, bob, students, charlie, client, address
):
    for person, status in ((bob, 403), (students[0], 403), (charlie, 404)):
        client.force_login(person)
        assert client.get(address).status_code == status
        assert client.post(address, {"time": moment(7).isoformat()}).status_code == status
    assert not Lesson.objects.filter(makes_up_for=cancelled).exists()


def test_today_counts_cancelled_lessons_without_a_make_up(cancelled, alice, bob):
    Lesson.objects.filter(pk=cancelled.pk).update(starts_at=moment(-3), ends_at=moment(-3, 11))

    def counted(reader):
        return count_waiting(reader, ["to_make_up"])["to_make_up"]

    assert counted(alice) == 1
    assert counted(bob) == 0
    assert list(filter_by_need(Lesson.objects.all(), "to_make_up")) == [cancelled]
    make_up_lesson(lesson=cancelled, starts_at=moment(7), by=alice)
    assert counted(alice) == 0


def test_reports_count_a_ghost_lesson_no_more_once_it_is_made_up(ghost, alice):
    form = ReportForm({}, reader=alice, asks=(), weeks=4)
    form.is_valid()
    (day,) = school_report(alice, form).rows
    assert (day["lessons"], day["absent"]) == (1, 2)
    assert ghost in registers_to_close(alice)
    make_up_lesson(lesson=ghost, starts_at=moment(7), by=alice)
    assert not school_report(alice, form).rows
    assert ghost not in registers_to_close(alice)


def test_rest_proposes_times_and_makes_a_lesson_up_once(cancelled, alice, bob, charlie):
    address = f"/api/v1/lessons/{cancelled.pk}/make-up/"
    times = rest_client(alice).get(address).json()["free"]
    assert times[0]["usual"] is True
    chosen = {"starts_at": times[0]["starts_at"]}
    assert rest_client(bob).post(address, chosen, format="json").status_code == 403
    assert rest_client(charlie).post(address, chosen, format="json").status_code == 404
    made = rest_client(alice).post(address, chosen, format="json")
    assert made.status_code == 201, made.content
    for query, found in ((f"makes_up_for={cancelled.pk}", made.json()["id"]), ("made_up=true", cancelled.pk)):
        rows = rest_client(alice).get(f"/api/v1/lessons/?{query}").json()["results"]
        assert [row["id"] for row in rows] == [found]
    again = rest_client(alice).post(address, chosen, format="json")
    assert again.status_code == 409


def test_rest_answers_a_conflict_with_who_is_booked(cancelled, alice, bob):
    other = lesson_at(bob, moment(7))
    address = f"/api/v1/lessons/{cancelled.pk}/make-up/"
    answer = rest_client(alice).post(address, {"starts_at": moment(7).isoformat()}, format="json")
    assert answer.status_code == 409
    assert answer.json()["conflicts"][0]["lesson"] == other.pk
