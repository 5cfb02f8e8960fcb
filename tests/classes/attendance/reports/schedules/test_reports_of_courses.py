"""The reports of a course by e-mail: their totals, without the students whom the pages name."""

from datetime import datetime

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from classes.attendance.reports.schedules.delivery import send_due_reports
from classes.attendance.reports.schedules.services import create_schedule, send_now
from classes.models import Course, Lesson, ReportSchedule
from console.audit.models import AuditEntry
from tests.classes.attendance.reports.schedules.test_delivery import last_week
from tests.classes.attendance.reports.schedules.test_reports_of_pages import email_of
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
__all__ = ["last_week"]
PAGE = "/reports/mail/"


@pytest.fixture
def course(school, bob, last_week):
    """The lessons of last week are of this course."""
    course = Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )
    Lesson.objects.update(course=course)
    return course


def link_in(message):
    """The address of the report in an e-mail, without the console."""
    (line,) = (one for one in message.body.splitlines() if one.startswith("https://") and "since=" in one)
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


@pytest.mark.parametrize("report", ["matrix"])
def test_a_teacher_who_may_see_the_page_gets_none_by_e_mail(alice, bob, course, report):
    bob.e_mail = "bob@wonderland.example"
    chosen = {"every": "week", "report": report, "filters": f"course={course.pk}"}
    with pytest.raises(ValidationError, match="role"):
        create_schedule(person=bob, by=alice, **chosen)
    schedule = create_schedule(person=alice, by=alice, **chosen)
    alice.role = "teacher"
    alice.save(update_fields=["role"])
    assert sent_or_stopped(schedule, alice) == ("stopped", "role")


@pytest.mark.parametrize("report", ["matrix"])
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
