"""The live panel: who is here, who is missing, how old that is, and when it stops asking."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, User
from classes.attendance.register import recompute
from classes.models import Lesson
from tests.classes.rows import expect, over, planned, poll, running
from tests.support.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob, kids):
    """Bob's, running for ten minutes, with three students expected."""
    lesson = running(bob)
    expect(lesson, *kids)
    return lesson


@pytest.fixture
def panel(browse):
    """What the panel gets when it asks."""

    def ask(reader, lesson, was="ing"):
        return browse(reader, f"/lessons/{lesson.pk}/live/?was={was}", htmx=True)

    return ask


def part(answer, begins, ends="</ul>"):
    page = answer.content.decode()
    return page[page.index(begins) : page.index(ends, page.index(begins))]


def test_who_is_here_and_who_is_missing_is_named(panel, alice, bob, kids, lesson):
    poll(lesson, [bob, *kids[:2]])
    answer = panel(alice, lesson)
    here = part(answer, "In the room now")
    assert all(name in here for name in ("Bob", "Kid1", "Kid2"))
    missing = part(answer, "Should be here, is not")
    assert "Kid3" in missing
    assert "not seen yet" in missing
    assert "Kid1" not in missing


def test_it_says_in_a_sentence_what_one_sees(panel, alice, bob, kids, lesson):
    poll(lesson, [bob, *kids[:2]])
    assert "2 of 3 students are here. Not here: Kid3" in panel(alice, lesson).content.decode()


def test_who_left_is_missing_since_then(panel, alice, bob, kids, lesson):
    poll(lesson, [bob, *kids], timezone.now() - timedelta(seconds=40))
    poll(lesson, [bob, *kids[1:]])
    recompute(lesson)
    assert "left " in part(panel(alice, lesson), "Should be here, is not")


def test_devices_and_a_raised_hand_are_told_in_words(panel, alice, bob, lesson):
    poll(lesson, [bob], camera=1, mic=0, hand_up=1)
    page = panel(alice, lesson).content.decode()
    assert all(words in page for words in ("camera on", "microphone off", "hand up"))


def test_somebody_who_was_not_expected_is_marked(panel, alice, bob, school, lesson):
    poll(lesson, [bob, person(school, "zoe", Role.STUDENT)])
    assert "not expected" in panel(alice, lesson).content.decode()


def test_a_person_of_no_school_is_shown_by_the_name_they_gave(panel, alice, lesson):
    poll(lesson, [User(user_id="v1", nickname="Visitor <1>", role="visitor")])
    assert "Visitor &lt;1&gt;" in panel(alice, lesson).content.decode()


def test_phones_are_masked_for_the_school_and_not_shown_to_teachers(panel, alice, bob, kids, lesson):
    User.objects.filter(pk=kids[0].pk).update(phone_no="13812345678")
    assert "138****5678" in panel(alice, lesson).content.decode()
    assert "5678" not in panel(bob, lesson).content.decode()


@pytest.mark.parametrize(("seconds", "stale"), [(5, False), (59, False), (62, True)])
def test_three_missed_polls_make_the_data_out_of_date(panel, alice, bob, lesson, settings, seconds, stale):
    settings.LIVE_POLL_S = 20
    poll(lesson, [bob], timezone.now() - timedelta(seconds=seconds))
    assert ("is-stale" in panel(alice, lesson).content.decode()) is stale


def test_before_the_first_poll_nobody_is_called_absent(panel, alice, lesson):
    page = panel(alice, lesson).content.decode()
    assert "not been asked yet" in page
    assert "not seen yet" not in page


@pytest.mark.parametrize(
    ("begins", "every"),
    [
        (timedelta(minutes=30), 15),
        (timedelta(minutes=-2), 15),
        (timedelta(hours=2), 0),
        (timedelta(hours=-2), 0),
    ],
)
def test_before_the_start_it_asks_only_in_the_last_hour(browse, alice, bob, begins, every):
    lesson = planned(bob, begins)
    page = browse(alice, f"/lessons/{lesson.pk}/").content.decode()
    assert re.findall(r'id="live"[^>]*hx-trigger="every (\d+)s"', page) == ([str(every)] if every else [])


def test_while_it_runs_it_asks_every_five_seconds(panel, alice, lesson):
    answer = panel(alice, lesson)
    assert answer.status_code == 200
    assert 'hx-trigger="every 5s"' in answer.content.decode()


def test_after_the_end_it_stops_asking_and_leads_to_the_attendance(panel, alice, bob):
    lesson = over(bob)
    answer = panel(alice, lesson)
    page = answer.content.decode()
    assert answer.status_code == 286
    assert "hx-trigger" not in page
    assert f'href="/lessons/{lesson.pk}/attendance/"' in page


def test_a_change_of_status_brings_the_head_of_the_page_along(panel, alice, bob, lesson):
    assert "lesson-acts" not in panel(alice, lesson).content.decode()
    changed = panel(alice, lesson, was="will").content.decode()
    assert 'id="lesson-acts" hx-swap-oob="innerHTML"' in changed
    assert "End the lesson" in changed


def test_a_cancelled_lesson_asks_nothing(panel, alice, bob):
    lesson = planned(bob, timedelta(minutes=10), cancelled_at=timezone.now())
    assert panel(alice, lesson, was="will").status_code == 286


def test_without_script_it_is_a_page(browse, bob, kids, lesson):
    poll(lesson, [bob, kids[0]])
    page = browse(bob, f"/lessons/{lesson.pk}/live/").content.decode()
    assert "<html" in page
    assert "Kid1" in page


def test_students_do_not_see_each_other(panel, kids, lesson):
    assert panel(kids[0], lesson).status_code == 403


def test_thirty_people_cost_no_more_queries_than_three(queries, alice, bob, school, kids, lesson):
    poll(lesson, [bob, kids[0]], timezone.now() - timedelta(seconds=30))
    few = queries(alice, f"/lessons/{lesson.pk}/live/")
    more = [person(school, f"m{n}", Role.STUDENT) for n in range(27)]
    expect(lesson, *more)
    poll(lesson, [bob, *more])
    assert queries(alice, f"/lessons/{lesson.pk}/live/") == few
    assert Lesson.objects.count() == 1
