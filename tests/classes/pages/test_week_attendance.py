"""Attendance of this week against the last one: numbers that the linked report counts."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from classes.models import Attendance
from classes.pages.week_attendance import week_attendance
from tests.classes.factories import create_finished_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def thursday():
    """Nine in the morning of a Thursday in the school."""
    with time_machine.travel("2026-11-26 01:00:00+00:00", tick=False):
        yield


def create_marked_lesson(teacher, days_ago, *marks, **fields):
    """A lesson of some days ago, with a mark for each student."""
    begins = timezone.now() - timedelta(days=days_ago)
    lesson = create_finished_lesson(
        teacher, starts_at=begins, ends_at=begins + timedelta(minutes=45), **fields
    )
    Attendance.objects.bulk_create(
        Attendance(lesson=lesson, user_id=f"kid{number}", role="student", mark=mark, provisional=False)
        for number, mark in enumerate(marks)
    )
    return lesson


def cells(page):
    """The address and the text of every number of the week."""
    found = re.findall(r'<a id="week-[^"]+" href="([^"]+)">([^<]+)</a>', page)
    return {unescape(address): text for address, text in found}


def test_each_number_is_that_of_the_report_which_it_links_to(browse, alice, bob):
    create_marked_lesson(bob, 2, "present", "late", "absent", "excused")
    create_marked_lesson(bob, 2, "present", "unknown")
    create_marked_lesson(bob, 3, "absent", "absent", "left_early")
    create_marked_lesson(bob, 9, "present", "absent")
    create_marked_lesson(bob, 2, "absent", "absent", final_at=None)
    create_marked_lesson(bob, 2, "absent", cancelled_at=timezone.now())
    found = cells(browse(alice, "/").content.decode())
    assert sorted(found.values()) == ["33.3 %", "50 %", "50 %", "57.1 %", "75 %"]
    for address, share in found.items():
        assert f'<td class="number">{share}</td>' in browse(alice, address).content.decode(), address


def test_a_lesson_late_on_sunday_belongs_to_last_week_in_the_time_of_the_school(alice, bob):
    lesson = create_marked_lesson(bob, 1, "present")
    starts_at = timezone.now().replace(day=22, hour=15, minute=30)  # half past eleven at night
    type(lesson).objects.filter(pk=lesson.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)
    )
    week = week_attendance(alice)
    assert [row.total.share for row in week.rows] == ["", "100 %"]
    assert week.rows[1].days[6].share == "100 %"
    assert [(bar.series, bar.height) for bar in week.bars] == [(0, 100)]


def test_there_is_no_chart_without_final_marks(browse, alice, bob):
    create_marked_lesson(bob, 2, "present", final_at=None)
    create_marked_lesson(bob, 2, "excused")
    create_marked_lesson(bob, 12, "present")
    assert 'id="week"' not in browse(alice, "/").content.decode()


def test_only_who_reads_reports_of_the_school_sees_its_week(browse, alice, sue, bob, kids, charlie):
    create_marked_lesson(bob, 2, "present")
    for reader in (alice, sue):
        assert 'id="week"' in browse(reader, "/").content.decode()
    for reader in (bob, kids[0], charlie):
        assert 'id="week"' not in browse(reader, "/").content.decode()


def test_a_refresh_of_the_lessons_does_not_count_the_week_again(client, alice, bob):
    create_marked_lesson(bob, 2, "present")
    client.force_login(alice)
    page = client.get("/", headers={"x-live": "today"}).content.decode()
    assert 'id="today"' in page
    assert 'id="week"' not in page


def test_the_week_takes_one_query(django_assert_num_queries, alice, bob):
    create_marked_lesson(bob, 2, "present")
    with django_assert_num_queries(1):
        week_attendance(alice)
