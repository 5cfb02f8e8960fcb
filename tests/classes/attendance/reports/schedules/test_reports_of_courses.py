"""The reports of a course by e-mail: their totals, without the students whom the pages name."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from classes.attendance.reports.schedules.delivery import send_due_reports
from classes.attendance.reports.schedules.services import create_schedule, send_now
from classes.models import Course, Lesson, ReportSchedule, Term
from console.audit.models import AuditEntry
from console.ui.date_words import in_words
from tests.classes.attendance.reports.schedules.test_delivery import last_week
from tests.classes.attendance.reports.schedules.test_reports_of_pages import email_of
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
__all__ = ["last_week"]
PAGE = "/reports/mail/"


@pytest.fixture
def course(croquet, last_week):
    """The lessons of last week are of this course."""
    Lesson.objects.update(course=croquet)
    return croquet


@pytest.fixture
def term(school):
    today = timezone.localdate(timezone=school.tz)
    return Term.objects.create(
        enterprise=school,
        name="Autumn",
        starts_on=today - timedelta(days=30),
        ends_on=today + timedelta(days=30),
    )


def link_in(message):
    """The address of the report in an e-mail, without the console."""
    (line,) = (one for one in message.body.splitlines() if one.startswith("https://") and "course=" in one)
    return line.removeprefix("https://console.example")


def names_nobody(message):
    return not any(name in f"{message.subject} {message.body}" for name in ("Kid", "kid3", "Bob"))


def test_the_matrix_is_proposed_with_its_filters_once_a_course_or_group_is_chosen(browse, alice, course):
    assert "By e-mail" not in page_text(browse(alice, "/reports/matrix/"))
    query = f"report=matrix&course={course.pk}&absent=on"
    page = page_text(browse(alice, f"/reports/matrix/?course={course.pk}&absent=on&name=kid3&page=1"))
    assert f'href="{PAGE}?{query}"' in page, "a name is no filter of an e-mail that names nobody"
    form = page_text(browse(alice, f"{PAGE}?{query}&name=kid3"))
    assert "Attendance matrix · Course: Croquet · Only with absences: yes" in form
    assert 'name="group"' not in form
    browse(alice, f"{PAGE}new/?{query}&name=kid3", {"every": "week", "person": "alice"})
    (row,) = ReportSchedule.objects.all()
    assert (row.report, row.filters) == ("matrix", f"course={course.pk}&absent=on")
    assert "Attendance matrix: Croquet · Only with absences: yes" in page_text(browse(alice, PAGE))
    assert AuditEntry.objects.get(action="report_schedule.add").after["name"] == "Croquet"


def test_the_e_mail_of_a_matrix_has_the_totals_of_its_page_and_names_nobody(browse, alice, course):
    message = email_of(alice, "matrix", f"course={course.pk}")
    assert message.subject.startswith("Attendance matrix, Croquet, ")
    for line in ("Students: 3", "Lessons: 1", "present: 1", "absent: 1", "Attendance rate: 66.6 %"):
        assert line in message.body.splitlines()
    assert names_nobody(message)
    assert message.attachments == []
    page = browse(alice, link_in(message))
    assert page.context["page"].paginator.count == 3
    assert page.context["table"]["totals"][0].share == "66.6 %"


def test_a_schedule_is_named_by_the_course_and_group_that_it_filters_by(alice, course, term, year7):
    grades = f"course={course.pk}&term={term.pk}"
    matrix = f"course={course.pk}&group={year7.pk}"
    for report, filters in (("grades", grades), ("matrix", matrix)):
        create_schedule(person=alice, report=report, filters=filters, every="week", by=alice)
    named = [str(one) for one in ReportSchedule.objects.order_by("pk")]
    assert named == [
        "Attendance grades · Croquet: every week, Monday 07:00",
        "Attendance matrix · Croquet · Year 7: every week, Monday 07:00",
    ]


def test_the_e_mail_of_a_matrix_keeps_its_filters(alice, course, year7):
    message = email_of(alice, "matrix", f"course={course.pk}&group={year7.pk}&absent=on")
    assert message.subject.startswith("Attendance matrix, Croquet · Year 7, ")
    for line in ("Only with absences: yes", "Students: 1", "Attendance rate: 0 %"):
        assert line in message.body.splitlines()
    query = f"?course={course.pk}&group={year7.pk}&absent=on&since="
    assert link_in(message).startswith(f"/reports/matrix/{query}")


def test_a_matrix_without_marks_has_no_rate(alice, course):
    Lesson.objects.update(final_at=None)
    assert "Attendance rate: —" in email_of(alice, "matrix", f"course={course.pk}").body


def test_the_e_mail_of_a_matrix_is_in_the_language_of_its_reader(alice, course):
    alice.language = "zh-hans"
    alice.save(update_fields=["language"])
    message = email_of(alice, "matrix", f"course={course.pk}&absent=on")
    assert message.subject.startswith("考勤总表")
    assert "学生: 1" in message.body


def test_the_grades_are_proposed_with_the_course_and_the_term_that_the_page_shows(
    browse, alice, course, term
):
    query = f"report=grades&course={course.pk}&term={term.pk}"
    page = page_text(browse(alice, "/reports/grades/"))
    assert f'href="{PAGE}?{query}"' in page, "the only course is shown without being chosen"
    browse(alice, f"{PAGE}new/?{query}", {"every": "month", "person": "alice"})
    (row,) = ReportSchedule.objects.all()
    assert (row.report, row.filters) == ("grades", f"course={course.pk}&term={term.pk}")
    assert "Attendance grades: Croquet · Term: Autumn" in page_text(browse(alice, PAGE))
    Course.objects.create(
        enterprise=course.enterprise,
        title="Chess",
        teacher=course.teacher,
        starts_local=course.starts_local,
        duration_minutes=45,
    )
    assert "By e-mail" not in page_text(browse(alice, "/reports/grades/"))


def test_the_e_mail_of_the_grades_has_totals_of_the_term_and_names_nobody(browse, alice, course, term):
    message = email_of(alice, "grades", f"course={course.pk}&term={term.pk}")
    assert message.subject.startswith("Attendance grades, Croquet, ")
    lines = message.body.splitlines()
    assert {"Term: Autumn", "Students: 3", "late: 1", "Percentage of all students: 50.0"} <= set(lines)
    assert any(line.startswith("Points for each lesson with a final mark: ") for line in lines)
    assert names_nobody(message)
    assert message.attachments == []
    assert link_in(message) == f"/reports/grades/?course={course.pk}&term={term.pk}"
    page = page_text(browse(alice, link_in(message)))
    assert all(f"Kid{number}" in page for number in (1, 2, 3))


def test_the_days_of_an_e_mail_of_grades_are_those_of_the_term(alice, course, term):
    term.starts_on, term.ends_on = term.starts_on - timedelta(days=300), term.starts_on - timedelta(days=200)
    term.save(update_fields=["starts_on", "ends_on"])
    message = email_of(alice, "grades", f"course={course.pk}&term={term.pk}")
    assert message.subject.endswith(f", {in_words(term.starts_on)} – {in_words(term.ends_on)}")
    assert {"Students: 0", "Percentage of all students: —"} <= set(message.body.splitlines())


@pytest.mark.parametrize("report", ["matrix", "grades"])
def test_a_teacher_who_may_see_the_page_gets_none_by_e_mail(alice, bob, course, report):
    bob.e_mail = "bob@wonderland.example"
    chosen = {"every": "week", "report": report, "filters": f"course={course.pk}"}
    with pytest.raises(ValidationError, match="role"):
        create_schedule(person=bob, by=alice, **chosen)
    schedule = create_schedule(person=alice, by=alice, **chosen)
    alice.role = "teacher"
    alice.save(update_fields=["role"])
    assert sent_or_stopped(schedule, alice) == ("stopped", "role")


@pytest.mark.parametrize("report", ["matrix", "grades"])
def test_it_stops_when_the_course_is_gone_and_the_list_says_so(browse, alice, course, report):
    schedule = create_schedule(
        person=alice, every="week", report=report, filters=f"course={course.pk}", by=alice
    )
    Lesson.objects.update(course=None)
    course.delete()
    assert sent_or_stopped(schedule, alice) == ("stopped", "filters")
    assert "What the report filters by no longer exists." in page_text(browse(alice, PAGE))


def test_the_matrix_of_a_group_stops_when_the_group_is_archived(alice, course, year7):
    schedule = create_schedule(
        person=alice, every="week", report="matrix", filters=f"group={year7.pk}", by=alice
    )
    year7.archived_at = timezone.now()
    year7.save(update_fields=["archived_at"])
    assert sent_or_stopped(schedule, alice) == ("stopped", "filters")


def sent_or_stopped(schedule, by):
    """Send it now; return its result and reason, of which neither sends an e-mail here."""
    send_now(schedule=schedule, by=by)
    send_due_reports()
    schedule.refresh_from_db()
    assert mail.outbox == []
    return schedule.result, schedule.reason


def test_filters_that_no_schedule_can_hold_are_not_found(browse, alice, course):
    query = f"report=matrix&course={course.pk}&absent={'x' * 400}"
    assert browse(alice, f"{PAGE}new/?{query}", {"every": "week", "person": "alice"}).status_code == 404
