"""The reports: right numbers with their denominator, as pages and as files, for those who may."""

import csv
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import StudentGroup
from classes.models import Attendance, Course
from classes.reports import absences
from classes.reports.views import REPORTS
from console.audit.models import AuditEntry
from console.templatetags.ui import when
from tests.classes.rows import expect, held, over, planned, pupils
from tests.support.pages import text

WALL = datetime(2027, 3, 2, 19)
pytestmark = pytest.mark.django_db


def marked(lesson, person, mark):
    """A mark as the reckoning would have written it."""
    return Attendance.objects.create(
        lesson=lesson,
        person=person,
        user_id=person.user_id,
        nickname=person.nickname,
        role="student",
        mark=mark,
        provisional=False,
    )


@pytest.fixture
def week(bob, kids):
    """Four lessons of Bob's on four days; Kid1 is always there, Kid2 stays away from the last three."""
    lessons = []
    for days in (4, 3, 2, 1):
        starts = timezone.now() - timedelta(days=days)
        lesson = over(bob, topic=f"Day {days}", starts_at=starts, ends_at=starts + timedelta(minutes=45))
        expect(lesson, *kids)
        marked(lesson, kids[0], "present")
        marked(lesson, kids[1], "late" if days == 4 else "absent")
        marked(lesson, kids[2], "excused" if days == 1 else "unknown" if days == 2 else "left_early")
        lessons.append(lesson)
    return lessons


def file_of(answer):
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8-sig")


def test_the_school_by_day_states_what_its_share_is_of(browse, alice, week):
    page = text(browse(alice, "/reports/school/"))
    assert "which count neither way" in page
    assert page.count('<th scope="row"') == 5  # four days and all of them
    # 4 present, 1 late and 2 left early attended; with 3 absent that is 7 of 10.
    assert '<td class="number">70 %</td>' in page


def test_the_school_by_week_of_one_teacher(browse, alice, bob, week):
    page = text(browse(alice, "/reports/school/?by=week&teacher=bob"))
    assert "Week from" in page
    assert "70 %" in page
    assert "Nothing in these days" in text(
        browse(alice, "/reports/school/?until=2020-01-31&since=2020-01-01")
    )


def test_days_the_wrong_way_round_are_said_at_the_form(browse, alice, week):
    page = text(browse(alice, "/reports/school/?since=2026-02-01&until=2026-01-01"))
    assert "The first day lies after the last one." in page
    assert "Write the day as" in text(browse(alice, "/reports/school/?since=yesterday"))


def test_a_course_and_a_group_are_a_letter_for_each_student_and_lesson(
    browse, alice, bob, school, kids, week
):
    course = Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )
    for lesson in week:
        lesson.course = course
        lesson.save()
    group = StudentGroup.objects.get(name="Year 7")
    for path in (f"/reports/course/?course={course.pk}", f"/reports/group/?group={group.pk}"):
        page = text(browse(alice, path))
        assert page.count('<th scope="row"') == 3, path
        assert page.count("letter-bad") == 3, path
        assert "25 %" in page, path  # Kid2: late once, absent thrice
        assert "100 %" in page, path  # Kid3: left early twice; the others count neither way
    assert "Choose a course." in text(browse(alice, "/reports/course/"))


def test_who_stays_away_in_a_row(browse, alice, kids, week):
    page = text(browse(alice, "/reports/absences/"))
    assert page.count('<th scope="row"') == 1
    assert "Kid2" in page
    assert "Kid2" not in text(browse(alice, "/reports/absences/?least=4"))
    assert 'class="field-error" id="id_least_error"' in text(browse(alice, "/reports/absences/?least=abc"))
    marked(over(week[0].teacher), kids[1], "present")
    assert "Kid2" not in text(browse(alice, "/reports/absences/"))


def test_who_stays_away_comes_in_pages_the_longest_row_first_and_whole_in_a_file(
    browse, alice, bob, school, monkeypatch
):
    monkeypatch.setattr(absences, "SIZE", 2)
    away = pupils(school, 5)
    for lesson in range(6):
        starts = timezone.now() - timedelta(days=lesson + 1)
        held_then = over(bob, starts_at=starts, ends_at=starts + timedelta(minutes=45))
        for kid in away[lesson // 2 :]:
            marked(held_then, kid, "absent")
    shown, after = [], ""
    while True:
        page = browse(alice, f"/reports/absences/?least=2&after={after}").context
        shown += [(cells[1][1], cells[2][1]) for _link, cells in page["lines"]]
        if not (after := page["keyset"].next):
            break
    assert shown == [("kid3", "6"), ("kid4", "6"), ("kid5", "6"), ("kid2", "4"), ("kid1", "2")]
    told = list(csv.reader(file_of(browse(alice, "/reports/absences.csv?least=2")).splitlines()))
    assert [tuple(line[1:3]) for line in told[1:]] == shown
    assert browse(alice, "/reports/absences/?after=nonsense").status_code == 404


def test_who_stayed_away_at_the_end_of_days_long_ago(browse, alice, bob, kids):
    lessons = {}
    for days in range(60, 50, -1):
        starts = timezone.now() - timedelta(days=days)
        lessons[days] = over(bob, starts_at=starts, ends_at=starts + timedelta(minutes=45))
        marked(lessons[days], kids[0], "late" if days in (60, 51) else "absent")
    assert "Kid1" not in text(browse(alice, "/reports/absences/?since=2020-01-01&until=2020-12-31"))
    day = timezone.localtime(lessons[55].starts_at).date()
    page = browse(alice, f"/reports/absences/?since={day - timedelta(days=2)}&until={day}")
    ((_link, cells),) = page.context["lines"]
    assert cells[2][1] == "3"
    assert cells[3][1] == when(lessons[57].starts_at)
    assert "Kid1" not in text(browse(alice, f"/reports/absences/?until={day}&since={day}"))
    assert "Kid1" not in text(browse(alice, "/reports/absences/"))


def test_registers_that_nobody_closed(browse, alice, bob, week):
    page = text(browse(alice, "/reports/registers/"))
    assert page.count('<th scope="row"') == 4
    assert page.index("Day 4") < page.index("Day 1")


def test_how_a_teacher_kept_time(browse, alice, bob, kids):
    lesson = over(bob)
    expect(lesson, *kids)
    held(lesson, [bob, *kids])
    planned(bob, timedelta(hours=-5))
    page = text(browse(alice, "/reports/teachers/"))
    assert "Bob" in page
    assert "45 min" in page
    assert "1 h 30 min" in page
    assert "100 %" in page


def test_a_students_term_is_a_grid_with_letters_and_a_list_with_reasons(browse, alice, kids, charlie, week):
    path = f"/people/{kids[1].pk}/attendance/"
    page = text(browse(alice, path))
    assert page.count('class="letter letter-bad"') == 3
    assert "Day 3: absent" in page
    assert "25 %" in page
    assert text(browse(kids[1], path)).count('class="letter letter-bad"') == 3
    assert browse(kids[0], path).status_code == 403
    assert browse(charlie, path).status_code == 404


@pytest.mark.parametrize("name", [*REPORTS, "student"])
def test_each_is_a_file_with_ids_and_the_zone(browse, alice, sue, kids, week, name):
    group = StudentGroup.objects.get(name="Year 7")
    base = f"/people/{kids[1].pk}/attendance" if name == "student" else f"/reports/{name}"
    asked = f"?group={group.pk}" if name == "group" else ""
    table = file_of(browse(alice, f"{base}.csv{asked}"))
    if name in ("school", "registers", "absences", "student"):
        assert "(Asia/Shanghai)" in table.splitlines()[0]
    if name in ("group", "absences"):
        assert "kid2" in table
    answer = browse(alice, f"{base}.xlsx{asked}")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    action = "person.attendance" if name == "student" else "report.export"
    assert AuditEntry.objects.filter(action=action, actor=alice).count() == 2
    assert browse(sue, f"{base}.csv{asked}").status_code == 403


def test_a_name_that_would_run_does_not(browse, alice, kids, week):
    kids[1].nickname = "=1+1"
    kids[1].save()
    assert "'=1+1" in file_of(browse(alice, "/reports/absences.csv"))


def test_another_school_and_those_who_do_not_run_it_see_nothing(browse, charlie, bob, kids, week):
    for name in REPORTS:
        assert browse(bob, f"/reports/{name}/").status_code == 403
        assert browse(kids[0], f"/reports/{name}/").status_code == 403
        page = text(browse(charlie, f"/reports/{name}/"))
        assert "Kid" not in page
        assert "Day 1" not in page


def test_more_lessons_cost_no_more_queries(queries, alice, bob, kids, week):
    few = {name: queries(alice, f"/reports/{name}/") for name in REPORTS}
    for _ in range(20):
        lesson = over(bob)
        expect(lesson, *kids)
        marked(lesson, kids[0], "present")
    assert {name: queries(alice, f"/reports/{name}/") for name in REPORTS} == few
