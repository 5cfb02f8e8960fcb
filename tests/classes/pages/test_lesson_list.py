"""The list of lessons and what narrows it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts.models import Role
from tests.classes.factories import (
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


def topics(answer):
    """The topics of the rows, in order."""
    assert answer.status_code == 200
    found = re.findall(r'<th scope="row"><a[^>]*>([^<]+)<', answer.content.decode())
    return [unescape(topic) for topic in found]


def day(offset):
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


@pytest.fixture
def week(bob):
    """A lesson for each of seven days, three of them gone."""
    return [
        create_planned_lesson(bob, timedelta(days=offset), topic=f"Day {offset}") for offset in range(-3, 4)
    ]


def test_it_opens_with_today_and_runs_forward(browse, alice, week):
    assert topics(browse(alice, "/lessons/")) == ["Day 0", "Day 1", "Day 2", "Day 3"]


def test_without_a_first_day_it_runs_backward(browse, alice, week):
    assert topics(browse(alice, f"/lessons/?until={day(-1)}")) == ["Day -1", "Day -2", "Day -3"]


def test_the_last_day_belongs_to_the_list(browse, alice, week):
    found = topics(browse(alice, f"/lessons/?since={day(1)}&until={day(2)}"))
    assert found == ["Day 1", "Day 2"]


def test_status_teacher_state_and_words_narrow_it(browse, alice, bob, school):
    dora = create_person(school, "dora", Role.TEACHER)
    create_running_lesson(bob, topic="Runs")
    create_finished_lesson(bob, topic="Gone by")
    create_planned_lesson(dora, topic="Dora's", sync_state="refused", sync_reason="10003")
    create_planned_lesson(bob, topic="Called off", cancelled_at=timezone.now())
    for address, expected in {
        "?status=ing": ["Runs"],
        "?status=end": ["Gone by"],
        "?status=cancelled": ["Called off"],
        "?teacher=dora": ["Dora's"],
        "?sync=refused": ["Dora's"],
        "?need=trouble": ["Dora's"],
        "?q=gone": ["Gone by"],
    }.items():
        assert topics(browse(alice, f"/lessons/{address}")) == expected, address


@pytest.mark.parametrize(
    "address", ["?since=yesterday", f"?q={'x' * 101}", "?teacher=charlie", "?sync=purple"]
)
def test_what_nobody_can_read_is_said_and_narrows_nothing(browse, alice, bob, charlie, address):
    lesson = create_planned_lesson(bob)
    answer = browse(alice, f"/lessons/{address}")
    assert lesson.topic in topics(answer)
    results = answer.content.decode().partition('id="results"')[2]  # what comes anew with each word typed
    assert re.search(r'class="field-error" id="id_(since|q|teacher|sync)_error"', results)


def test_a_damaged_place_in_the_list_is_no_page(browse, alice, bob):
    create_planned_lesson(bob)
    assert browse(alice, "/lessons/?after=nonsense").status_code == 404


def test_sixty_lessons_are_two_pages_without_a_lesson_twice(browse, alice, bob):
    for number in range(60):
        create_planned_lesson(bob, timedelta(hours=3 + number // 2), topic=f"N{number}")
    first = browse(alice, f"/lessons/?since={day(0)}")
    after = re.search(r'href="([^"]*after=[^"]*)"', first.content.decode())
    assert after is not None
    second = browse(alice, f"/lessons/{after[1].replace('&amp;', '&')}")
    found = topics(first) + topics(second)
    assert len(found) == len(set(found)) == 60


def test_a_teacher_has_no_choice_of_teachers_and_a_student_none_of_troubles(browse, bob, kids):
    assert 'name="teacher"' not in browse(bob, "/lessons/").content.decode()
    page = browse(kids[0], "/lessons/").content.decode()
    assert 'name="sync"' not in page
    assert 'name="need"' not in page


def test_a_refused_lesson_says_why_in_its_row(browse, alice, bob):
    create_planned_lesson(bob, sync_state="refused", sync_reason="10003")
    assert "does not accept one of the values" in browse(alice, "/lessons/").content.decode()
