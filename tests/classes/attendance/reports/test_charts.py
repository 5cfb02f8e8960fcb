"""Charts of the reports: the numbers of their tables, of final lessons only, for those who see the report."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, StudentGroup
from classes.attendance.reports import charts
from classes.models import Attendance, Mark
from tests.classes.attendance.reports.conftest import marked
from tests.classes.factories import create_finished_lesson, record_full_presence
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
MAP = "/reports/school/groups/"


def shown(answer):
    """The charts of a page, by name."""
    return {chart.name: chart for chart in answer.context["charts"]}


def test_the_school_has_its_rate_its_marks_and_its_minutes(browse, alice, week):
    found = shown(browse(alice, "/reports/school/"))
    assert set(found) == {"rate", "marks", "minutes"}
    # Four days of three marks: 2 of 2 attended, then 2 of 3, then 1 of 2, then 1 of 2.
    assert [row[1] for row in found["rate"].rows] == ["100 %", "66.6 %", "50 %", "50 %"]
    assert sum(int(number) for row in found["marks"].rows for number in row[1:]) == 12
    assert len(found["marks"].head) == 1 + len(Mark)
    # 45 minutes, attended by 3, 2, 1 and 1.
    assert sum(int(row[1]) for row in found["minutes"].rows) == 45 * 7


def test_the_charts_name_no_running_or_unsettled_lesson(browse, alice, bob, kids, week):
    before = [chart.rows for chart in shown(browse(alice, "/reports/school/")).values()]
    for state in ({"status": "ing", "real_ended_at": None, "final_at": None}, {"final_at": None}):
        marked(create_finished_lesson(bob, **state), kids[0], "absent")
    assert [chart.rows for chart in shown(browse(alice, "/reports/school/")).values()] == before


def test_a_long_report_by_day_is_drawn_by_week(browse, alice, week, monkeypatch):
    monkeypatch.setattr(charts, "MOST_DAYS", 3)
    found = shown(browse(alice, "/reports/school/"))
    assert len(found["marks"].rows) <= 2
    assert str(found["marks"].title) == "Marks per week"


def test_groups_by_day_are_a_map(browse, alice, bob, kids, week):
    group = StudentGroup.objects.get(name="Year 7")
    week[0].groups.add(group)
    week[1].groups.add(group)
    chart = shown(browse(alice, MAP))["groups"]
    assert chart.rows == [("Year 7", "100 %", "66.6 %")]
    assert [cell.tone for cell in chart.cells] == ["ok", "bad"]


def test_the_map_of_groups_is_loaded_into_the_report_by_day_with_its_filters(browse, alice, week):
    page = page_text(browse(alice, "/reports/school/?teacher=bob"))
    assert f'hx-get="{MAP}?teacher=bob"' in page
    assert MAP not in page_text(browse(alice, "/reports/school/?by=week"))
    assert "Year 7" not in page_text(browse(alice, f"{MAP}?teacher=tess"))


def test_a_map_without_groups_says_what_to_do_on_its_own_page_and_nothing_in_the_report(browse, alice, week):
    assert "Choose other days" in page_text(browse(alice, MAP))
    part = page_text(browse(alice, MAP, htmx=True))
    assert 'id="chart-groups"' in part
    assert "Choose other days" not in part


def test_a_group_is_drawn_from_its_marks(browse, alice, week):
    group = StudentGroup.objects.get(name="Year 7")
    found = shown(browse(alice, f"/reports/group/?group={group.pk}"))
    assert [row[1] for row in found["rate"].rows] == ["100 %", "66.6 %", "50 %", "50 %"]
    assert shown(browse(alice, "/reports/group/")) == {}


def test_a_teacher_has_a_dot_for_each_lesson_that_is_final(browse, alice, bob):
    record_full_presence(create_finished_lesson(bob), [bob])
    late = create_finished_lesson(bob)
    open_ = create_finished_lesson(bob, final_at=None)
    for lesson, minutes in ((late, 12), (open_, 40)):
        Attendance.objects.create(
            lesson=lesson,
            user_id=bob.user_id,
            role="teacher",
            first_entered_at=lesson.starts_at + timedelta(minutes=minutes),
        )
    chart = shown(browse(alice, "/reports/teachers/"))["punctuality"]
    assert len(chart.points) == 2
    assert chart.rows == [("Bob", "2", "1", "6", "12")]


def test_a_chart_that_leaves_groups_out_says_how_many(browse, alice, school, week):
    names = [f"Year {number:02}" for number in range(charts.MOST_GROUPS + 1)]
    week[0].groups.set([StudentGroup.objects.create(enterprise=school, name=name) for name in names])

    chart = shown(browse(alice, MAP))["groups"]

    assert [row[0] for row in chart.rows] == names[: charts.MOST_GROUPS]
    assert chart.note.startswith("The first 40 of 41 groups. The report “Group” has the numbers")


def test_a_chart_has_no_day_of_a_group_that_it_leaves_out(browse, alice, bob, kids, school, week):
    names = [f"Year {number:02}" for number in range(charts.MOST_GROUPS)]
    week[0].groups.set([StudentGroup.objects.create(enterprise=school, name=name) for name in names])
    columns = shown(browse(alice, MAP))["groups"].head
    other_day = week[0].starts_at - timedelta(days=3)
    alone = create_finished_lesson(bob, starts_at=other_day, ends_at=other_day + timedelta(minutes=45))
    alone.groups.set([StudentGroup.objects.create(enterprise=school, name="Zoology")])
    record_full_presence(alone, kids)
    assert shown(browse(alice, MAP))["groups"].head == columns


def test_a_chart_that_leaves_teachers_out_says_how_many(browse, alice, school, monkeypatch):
    monkeypatch.setattr(charts, "MOST_TEACHERS", 5)
    for number in range(charts.MOST_TEACHERS + 1):
        teacher = create_person(school, f"teacher{number:02}", Role.TEACHER)
        record_full_presence(create_finished_lesson(teacher), [teacher])

    answer = browse(alice, "/reports/teachers/")

    chart = shown(answer)["punctuality"]
    assert len(chart.rows) == charts.MOST_TEACHERS
    assert chart.note.startswith("The first 5 of 6 teachers. The table and the Excel file have all")
    assert len(answer.context["lines"]) == charts.MOST_TEACHERS + 1


def test_a_student_has_the_rate_of_each_week(browse, alice, kids, week):
    chart = shown(browse(alice, f"/people/{kids[1].pk}/attendance/"))["rate"]
    assert 1 <= len(chart.rows) <= 2
    assert chart.points


def test_another_school_has_no_charts_of_this_one(browse, charlie, bob, week):
    for name in ("school", "school/groups", "teachers"):
        assert shown(browse(charlie, f"/reports/{name}/")) == {}
        assert browse(bob, f"/reports/{name}/").status_code == 403


def test_each_series_of_a_page_has_a_pattern_on_it(browse, alice, week):
    page = page_text(browse(alice, "/reports/school/"))
    used = set(re.findall(r"url\(#(pattern-\w+)\)", page))
    assert used
    assert used <= set(re.findall(r'<pattern id="(pattern-\w+)"', page))
    assert page.count('<details class="chart-table"') == len(
        re.findall(r'<figure class="card chart-card', page)
    )
    assert f"{timezone.localdate():%Y-%m-%d}" in page
