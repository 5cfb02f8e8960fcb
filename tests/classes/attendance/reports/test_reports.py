"""The reports: right numbers with their denominator, as pages and as files, for those who may."""

import csv
import io
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Role, StudentGroup, User
from classes.attendance.reports import absences, group_matrix, student
from classes.attendance.reports.registry import REPORTS
from classes.models import Attendance, Lesson
from console.audit.models import AuditEntry
from console.ui.template_tags import when
from tests.classes.attendance.reports.conftest import marked
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_finished_lessons,
    create_planned_lesson,
    create_running_lesson,
    create_students,
    record_full_presence,
)
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import page_text

WALL = datetime(2027, 3, 2, 19)
pytestmark = pytest.mark.django_db


def file_of(answer):
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8-sig")


def main_table(page):
    """The table of the report, without those of its charts."""
    return page.split('<table class="table report')[1].split("</table>")[0]


def test_the_school_by_day_states_what_its_share_is_of(browse, alice, week):
    page = page_text(browse(alice, "/reports/school/"))
    assert "not counting" in page
    assert main_table(page).count('<th scope="row"') == 5  # four days and all of them
    # 4 present, 1 late and 2 left early attended; with 3 absent that is 7 of 10.
    assert '<td class="number">70 %</td>' in page


def test_the_school_by_week_of_one_teacher(browse, alice, bob, week):
    page = page_text(browse(alice, "/reports/school/?by=week&teacher=bob"))
    assert "Week of" in page
    assert "70 %" in page
    assert "No data for these days" in page_text(
        browse(alice, "/reports/school/?until=2020-01-31&since=2020-01-01")
    )


def test_days_the_wrong_way_round_are_said_at_the_form(browse, alice, week):
    page = page_text(browse(alice, "/reports/school/?since=2026-02-01&until=2026-01-01"))
    assert "The first day is after the last day." in page
    assert "Enter the date as 2026-11-24." in page_text(browse(alice, "/reports/school/?since=yesterday"))


def test_a_group_is_a_letter_for_each_student_and_lesson(browse, alice, kids, week):
    group = StudentGroup.objects.get(name="Year 7")
    page = page_text(browse(alice, f"/reports/group/?group={group.pk}"))
    assert main_table(page).count('<th scope="row"') == 3
    assert page.count("letter-bad") == 3
    assert "25 %" in page  # Kid2: late once, absent thrice
    assert "100 %" in page  # Kid3: left early twice; the others count neither way
    assert "Choose a group." in page_text(browse(alice, "/reports/group/"))


@pytest.mark.parametrize(
    "state",
    [
        {"status": "ing", "real_ended_at": None, "final_at": None},
        {"status": "end", "final_at": None},
    ],
)
def test_a_lesson_that_is_not_final_is_no_absence_and_part_of_no_share(browse, alice, bob, kids, week, state):
    lesson = create_finished_lesson(bob, topic="Not final", **state)
    add_members(lesson, *kids)
    marked(lesson, kids[0], "absent")
    marked(lesson, kids[1], "present")
    group = StudentGroup.objects.get(name="Year 7")
    grid = page_text(browse(alice, f"/reports/group/?group={group.pk}"))
    assert grid.count("letter-bad") == 3
    assert f"{timezone.localtime(lesson.starts_at):%m-%d %H:%M}" not in grid
    assert '<td class="number">70 %</td>' in page_text(browse(alice, "/reports/school/"))
    assert browse(alice, f"/people/{kids[0].pk}/attendance/").context["share"] == 1
    assert "Not final" not in page_text(browse(alice, f"/people/{kids[1].pk}/attendance/"))
    ((_link, cells),) = browse(alice, "/reports/absences/").context["lines"]
    assert (cells[1][1], cells[2][1]) == ("kid2", "3")
    Lesson.objects.filter(pk=lesson.pk).update(status="end", final_at=timezone.now())
    assert page_text(browse(alice, f"/reports/group/?group={group.pk}")).count("letter-bad") == 4
    assert "Kid2" not in page_text(browse(alice, "/reports/absences/"))


def test_who_stays_away_in_a_row(browse, alice, kids, week):
    page = page_text(browse(alice, "/reports/absences/"))
    assert page.count('<th scope="row"') == 1
    assert "Kid2" in page
    assert "Kid2" not in page_text(browse(alice, "/reports/absences/?least=4"))
    assert 'class="field-error" id="id_least_error"' in page_text(
        browse(alice, "/reports/absences/?least=abc")
    )
    marked(create_finished_lesson(week[0].teacher), kids[1], "present")
    assert "Kid2" not in page_text(browse(alice, "/reports/absences/"))


def test_who_stays_away_comes_in_pages_the_longest_row_first_and_whole_in_a_file(
    browse, alice, bob, school, monkeypatch
):
    monkeypatch.setattr(absences, "PAGE_SIZE", 2)
    away = create_students(school, 5)
    for lesson in range(6):
        starts = timezone.now() - timedelta(days=lesson + 1)
        held_then = create_finished_lesson(bob, starts_at=starts, ends_at=starts + timedelta(minutes=45))
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
        lessons[days] = create_finished_lesson(bob, starts_at=starts, ends_at=starts + timedelta(minutes=45))
        marked(lessons[days], kids[0], "late" if days in (60, 51) else "absent")
    assert "Kid1" not in page_text(browse(alice, "/reports/absences/?since=2020-01-01&until=2020-12-31"))
    day = timezone.localtime(lessons[55].starts_at).date()
    page = browse(alice, f"/reports/absences/?since={day - timedelta(days=2)}&until={day}")
    ((_link, cells),) = page.context["lines"]
    assert cells[2][1] == "3"
    assert cells[3][1] == when(lessons[57].starts_at)
    assert "Kid1" not in page_text(browse(alice, f"/reports/absences/?until={day}&since={day}"))
    assert "Kid1" not in page_text(browse(alice, "/reports/absences/"))


def test_registers_that_nobody_closed(browse, alice, bob, week):
    page = page_text(browse(alice, "/reports/registers/"))
    assert page.count('<th scope="row"') == 4
    assert page.index("Day 4") < page.index("Day 1")
    Lesson.objects.filter(topic="Day 4").update(final_at=None)
    assert "Day 4" not in page_text(browse(alice, "/reports/registers/")), "its marks may still change"


def test_a_teacher_sees_the_registers_of_their_own_lessons_and_no_other_report(
    browse, school, bob, ann, kids, week
):
    ted = create_person(school, "ted", "teacher")
    create_finished_lesson(ted, topic="Ted's own")
    add_members(create_finished_lesson(ted, topic="Assisted"), create_person(school, "amy", "assistant"))
    page = page_text(browse(bob, "/reports/registers/"))
    assert page.count('<th scope="row"') == 4
    assert "Ted's own" not in page
    assert 'name="teacher"' not in page
    assert "/reports/school/" not in page
    assert "/reports/registers.csv" not in page
    assert page_text(browse(ted, "/reports/registers/")).count('<th scope="row"') == 2
    amy = page_text(browse(User.objects.get(user_id="amy"), "/reports/registers/"))
    assert "Assisted" in amy
    assert amy.count('<th scope="row"') == 1
    assert browse(kids[0], "/reports/registers/").status_code == 403


def test_the_reports_lead_to_each_other_and_the_registers_are_a_tab(browse, alice, sue):
    for reader in (alice, sue):
        school = page_text(browse(reader, "/reports/school/"))
        chips = school.split('class="counts no-print"')[1].split("</nav>")[0]
        assert "/reports/teachers/" in chips
        assert "/reports/registers/" not in chips
        assert "/reports/registers/" in school.split('class="page-tabs"')[1].split("</nav>")[0]
        assert 'class="counts no-print"' not in page_text(browse(reader, "/reports/registers/"))


def test_how_a_teacher_kept_time(browse, alice, bob, kids):
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, *kids])
    create_planned_lesson(bob, timedelta(hours=-5))
    page = page_text(browse(alice, "/reports/teachers/"))
    assert "Bob" in page
    assert "45 min" in page
    assert "1 h 30 min" in page
    assert "100 %" in page


def test_a_lesson_that_runs_beyond_its_planned_end_is_not_counted_for_its_teacher(browse, alice, bob, kids):
    lesson = create_finished_lesson(bob)
    record_full_presence(lesson, [bob])
    create_running_lesson(bob, 60)
    ((_link, cells),) = browse(alice, "/reports/teachers/").context["lines"]
    assert [value for _column, value in cells][2:5] == ["1", "1", "0"]


def test_how_often_a_teacher_was_on_time_is_told_from_final_registers(browse, alice, bob, kids):
    record_full_presence(create_finished_lesson(bob), [bob])
    late = create_finished_lesson(bob, final_at=None)
    Attendance.objects.create(
        lesson=late, user_id=bob.user_id, role="teacher", first_entered_at=late.ends_at - timedelta(minutes=5)
    )
    ((_link, cells),) = browse(alice, "/reports/teachers/").context["lines"]
    assert [value for _column, value in cells][2:5] == ["2", "2", "0"]
    assert cells[7][1] == "100 %"


def test_a_students_term_is_a_grid_with_letters_and_a_list_with_reasons(browse, alice, kids, charlie, week):
    path = f"/people/{kids[1].pk}/attendance/"
    page = page_text(browse(alice, path))
    assert page.count('class="letter letter-bad"') == 3
    assert "Day 3: absent" in page
    assert "25 %" in page
    assert page_text(browse(kids[1], path)).count('class="letter letter-bad"') == 3
    assert browse(kids[0], path).status_code == 403
    assert browse(charlie, path).status_code == 404


def test_more_marks_than_the_page_of_a_student_shows_are_said_and_in_the_file(
    browse, alice, bob, kids, monkeypatch
):
    monkeypatch.setattr(student, "MAX_ROWS", 3)
    Attendance.objects.bulk_create(
        Attendance(lesson=one, person=kids[0], user_id="kid1", role="student", mark="present")
        for one in create_finished_lessons(bob, 4)
    )
    path = f"/people/{kids[0].pk}/attendance"
    page = browse(alice, f"{path}/")
    assert len(page.context["lines"]) == 3
    assert "There is too much to show." in page_text(page)
    assert "Croquet 3" in file_of(browse(alice, f"{path}.csv"))


def test_a_file_that_lacks_lessons_says_so(browse, alice, bob, kids, monkeypatch):
    monkeypatch.setattr(group_matrix, "MOST_LESSONS", 3)
    for lesson in create_finished_lessons(bob, 4):
        marked(lesson, kids[0], "present")
    group = StudentGroup.objects.get(name="Year 7")
    table = file_of(browse(alice, f"/reports/group.csv?group={group.pk}"))
    assert "There is too much to show." in table.splitlines()[0]


def test_the_second_sheet_names_school_days_and_filter(browse, alice, school, kids, week):
    group = StudentGroup.objects.get(name="Year 7")
    answer = browse(alice, f"/reports/group.xlsx?group={group.pk}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    about = dict(book.get_sheet_by_index(1).to_python())
    assert (about["School"], about["Filters"]) == (school.name, "Group: Year 7")


def test_the_name_of_a_csv_file_has_school_days_and_filter(browse, alice, school, kids, week):
    group = StudentGroup.objects.get(name="Year 7")
    answer = browse(alice, f"/reports/group.csv?group={group.pk}&since=2026-01-05&until=2026-01-09")
    name = unquote(answer["Content-Disposition"])
    assert f"2026-01-05 – 2026-01-09 {school.name}, Group_ Year 7.csv" in name


@pytest.mark.parametrize("name", [*REPORTS, "student"])
def test_each_is_a_file_with_ids_and_the_zone(browse, alice, sue, kids, week, name):
    group = StudentGroup.objects.get(name="Year 7")
    base = f"/people/{kids[1].pk}/attendance" if name == "student" else f"/reports/{name}"
    asked = f"?group={group.pk}" if name == "group" else ""
    table = file_of(browse(alice, f"{base}.csv{asked}"))
    if name in ("school", "registers", "absences", "student"):
        assert "(Beijing time)" in table.splitlines()[0]
    if name in ("group", "absences"):
        assert "kid2" in table
    answer = browse(alice, f"{base}.xlsx{asked}")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    action = "person.attendance" if name == "student" else "report.export"
    assert AuditEntry.objects.filter(action=action, actor=alice).count() == 2
    assert browse(sue, f"{base}.csv{asked}").status_code == 403


def test_a_name_that_would_run_does_not(browse, alice, kids, week):
    kids[1].nickname = "=1+1"
    kids[1].save(update_fields=["nickname"])
    assert "'=1+1" in file_of(browse(alice, "/reports/absences.csv"))


def test_another_school_and_those_who_do_not_run_it_see_nothing(browse, charlie, bob, kids, week):
    for name in REPORTS:
        assert browse(bob, f"/reports/{name}/").status_code == (200 if name == "registers" else 403)
        assert browse(kids[0], f"/reports/{name}/").status_code == 403
        page = page_text(browse(charlie, f"/reports/{name}/"))
        assert "Kid" not in page
        assert "Day 1" not in page


def test_more_lessons_cost_no_more_queries(queries, alice, bob, kids, week):
    few = {name: queries(alice, f"/reports/{name}/") for name in REPORTS}
    for _ in range(5):
        lesson = create_finished_lesson(bob)
        add_members(lesson, *kids)
        marked(lesson, kids[0], "present")
    assert {name: queries(alice, f"/reports/{name}/") for name in REPORTS} == few


def test_the_file_of_a_student_in_charge_has_only_marks_of_lessons_that_one_leads(
    browse, school, bob, kids, week
):
    tom = create_person(school, "tom", Role.TEACHER)
    put_in_charge(StudentGroup.objects.get(name="Year 7"), tom, kind="deputy")
    path = f"/people/{kids[1].pk}/attendance"
    page = page_text(browse(tom, f"{path}/"))
    assert "Day 3: absent" in page
    assert f"{path}.csv" not in page
    assert "Day" not in file_of(browse(tom, f"{path}.csv"))
    own = create_finished_lesson(tom, topic="Own")
    add_members(own, kids[1])
    marked(own, kids[1], "absent")
    assert f"{path}.csv" in page_text(browse(tom, f"{path}/"))
    told = file_of(browse(tom, f"{path}.csv"))
    assert "Own" in told
    assert "Day" not in told
    assert AuditEntry.objects.filter(action="person.attendance", actor=tom).count() == 2
