"""What the page of a lesson asks for: who is here and who is missing, what has changed, and when it stops."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, User
from classes.attendance.register import recompute_register
from classes.models import Lesson
from classes.pages.lesson_refresh import page_version
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
    record_poll,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob, kids):
    """Bob's, running for ten minutes, with three students expected."""
    lesson = create_running_lesson(bob)
    add_members(lesson, *kids)
    return lesson


@pytest.fixture
def panel(browse):
    """What a page that is up to date gets when it asks; `was` is the version of one that is not."""

    def ask(reader, lesson, was=None, checked=0):
        known = page_version(lesson, reader) if was is None else was
        return browse(reader, f"/lessons/{lesson.pk}/live/?was={known}&checked={checked}", htmx=True)

    return ask


def part(answer, begins, ends="</ul>"):
    page = answer.content.decode()
    return page[page.index(begins) : page.index(ends, page.index(begins))]


def test_who_is_here_and_who_is_missing_is_named(panel, alice, bob, kids, lesson):
    record_poll(lesson, [bob, *kids[:2]])
    answer = panel(alice, lesson)
    here = part(answer, "In the room now")
    assert all(name in here for name in ("Bob", "Kid1", "Kid2"))
    missing = part(answer, "Expected but not here")
    assert "Kid3" in missing
    assert "not seen yet" in missing
    assert "Kid1" not in missing


def test_it_says_in_a_sentence_what_one_sees(panel, alice, bob, kids, lesson):
    record_poll(lesson, [bob, *kids[:2]])
    assert "2 of 3 students are here. Not here: Kid3" in panel(alice, lesson).content.decode()


def test_staff_are_never_among_the_missing_students(panel, alice, bob, ann, sue, kids, lesson):
    add_members(lesson, ann, sue)
    record_poll(lesson, kids[:2])
    answer = panel(alice, lesson)
    missing = part(answer, "Expected but not here")
    assert "Kid3" in missing
    assert '<span class="text-secondary">1</span>' in missing
    assert not any(name in missing for name in ("Bob", "Ann", "Sue"))
    staff = part(answer, "Staff not in the room")
    assert "Bob" in staff
    assert "Ann" in staff
    assert f'href="/lessons/{lesson.pk}/call/?who=bob"' in staff
    page = answer.content.decode()
    assert "Not here: Kid3 Staff not in the room: Ann, Bob" in page
    assert "2/3" in page


def test_where_only_staff_are_missing_no_student_is(panel, alice, bob, ann, kids, lesson):
    add_members(lesson, ann)
    record_poll(lesson, [bob, *kids])
    page = panel(alice, lesson).content.decode()
    assert "Expected but not here" not in page
    assert "Everyone who is expected is here." not in page
    assert "Staff not in the room" in page


def test_who_left_is_missing_since_then(panel, alice, bob, kids, lesson):
    record_poll(lesson, [bob, *kids], timezone.now() - timedelta(seconds=40))
    record_poll(lesson, [bob, *kids[1:]])
    recompute_register(lesson)
    assert "left " in part(panel(alice, lesson), "Expected but not here")


def test_devices_and_a_raised_hand_are_told_in_words(panel, alice, bob, lesson):
    record_poll(lesson, [bob], camera=1, mic=0, hand_up=1)
    page = panel(alice, lesson).content.decode()
    assert all(words in page for words in ("camera on", "microphone off", "hand raised"))


def test_somebody_who_was_not_expected_is_marked(panel, alice, bob, school, lesson):
    record_poll(lesson, [bob, create_person(school, "zoe", Role.STUDENT)])
    assert "not expected" in panel(alice, lesson).content.decode()


def test_a_person_of_no_school_is_shown_by_the_name_they_gave(panel, alice, lesson):
    record_poll(lesson, [User(user_id="v1", nickname="Visitor <1>", role="visitor")])
    assert "Visitor &lt;1&gt;" in panel(alice, lesson).content.decode()


def test_phones_are_masked_for_the_school_and_not_shown_to_teachers(panel, alice, bob, kids, lesson):
    User.objects.filter(pk=kids[0].pk).update(phone_no="13812345678")
    assert "138****5678" in panel(alice, lesson).content.decode()
    assert "5678" not in panel(bob, lesson).content.decode()


@pytest.mark.parametrize(("seconds", "stale"), [(5, False), (59, False), (62, True)])
def test_three_missed_polls_make_the_data_out_of_date(panel, alice, bob, lesson, settings, seconds, stale):
    settings.LIVE_POLL_S = 20
    record_poll(lesson, [bob], timezone.now() - timedelta(seconds=seconds))
    assert ("is-stale" in panel(alice, lesson).content.decode()) is stale


def test_before_the_first_poll_nobody_is_called_absent(panel, alice, lesson):
    page = panel(alice, lesson).content.decode()
    assert "No data yet; the first check follows within seconds." in page
    assert "not seen yet" not in page


def interval(page):
    """Seconds between the requests of the page; 0 where it asks for nothing."""
    (found,) = re.findall(r'id="lesson-poll"[^>]*>', page)
    return int((re.findall(r'hx-trigger="every (\d+)s"', found) or [0])[0])


@pytest.mark.parametrize(
    ("begins", "every"),
    [
        (timedelta(minutes=30), 15),
        (timedelta(minutes=-2), 15),
        (timedelta(hours=2), 60),
        (timedelta(hours=-2), 60),
        (timedelta(days=-2), 0),
    ],
)
def test_before_the_start_it_asks_more_often_in_the_last_hour(browse, alice, bob, begins, every):
    lesson = create_planned_lesson(bob, begins)
    assert interval(browse(alice, f"/lessons/{lesson.pk}/").content.decode()) == every


def test_while_it_runs_it_asks_every_five_seconds_and_for_a_student_less_often(panel, alice, kids, lesson):
    answer = panel(alice, lesson)
    assert answer.status_code == 200
    assert interval(answer.content.decode()) == 5
    assert interval(panel(kids[0], lesson, was="older").content.decode()) == 15


def test_while_a_change_is_on_its_way_it_asks_every_three_seconds(browse, alice, bob):
    lesson = create_planned_lesson(bob, sync_state="sending")
    assert interval(browse(alice, f"/lessons/{lesson.pk}/").content.decode()) == 3


def test_after_the_end_it_asks_until_the_register_is_final(panel, alice, bob):
    lesson = create_finished_lesson(bob, final_at=None)
    assert panel(alice, lesson).status_code == 204
    assert interval(panel(alice, lesson, was="older").content.decode()) == 15
    Lesson.objects.filter(pk=lesson.pk).update(final_at=timezone.now())
    lesson.refresh_from_db()
    assert panel(alice, lesson).status_code == 286


def test_a_page_that_is_up_to_date_gets_nothing_and_goes_on_asking(panel, alice, bob, kids, lesson):
    planned = create_planned_lesson(bob, timedelta(minutes=50))
    for reader, shown in ((alice, planned), (kids[0], lesson)):
        answer = panel(reader, shown)
        assert answer.status_code == 204
        assert answer.content == b""


PARTS = ("phase", "lead", "acts", "primary", "sync", "main", "facts")


def test_the_end_of_a_lesson_brings_every_part_of_the_page_along(panel, alice, bob):
    lesson = create_finished_lesson(bob)
    answer = panel(alice, lesson, was="as it ran")
    page = answer.content.decode()
    assert answer.status_code == 286
    for name in PARTS:
        assert f'id="lesson-{name}" hx-swap-oob="innerHTML"' in page, name
    assert 'id="technical-body" hx-swap-oob="innerHTML"' in page
    assert f'href="/lessons/{lesson.pk}/attendance/"' in page
    assert 'id="live"' not in page
    assert "still running" not in page


@pytest.mark.parametrize(
    "change",
    [
        {"status": "ing"},
        {"sync_state": "refused", "sync_reason": "10003"},
        {"remote_id": ""},
        {"cancelled_at": timezone.now()},
        {"observed": {"chat_group": "g1"}},
        {"starts_at": timezone.now()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_the_page_shows_of_its_state_makes_it_another_version(panel, alice, bob, change):
    lesson = create_planned_lesson(bob, timedelta(minutes=50))
    before = page_version(lesson, alice)
    if "remote_id" in change:
        lesson.forget_remote()
    Lesson.objects.filter(pk=lesson.pk).update(**change)
    answer = panel(alice, lesson, was=before)
    assert 'id="lesson-primary"' in answer.content.decode()


def test_marks_that_may_still_change_are_drawn_again_after_each_reading(panel, alice, bob):
    lesson = create_finished_lesson(bob)
    Lesson.objects.filter(pk=lesson.pk).update(final_at=None, history_reads=1)
    lesson.refresh_from_db()
    before = page_version(lesson, alice)
    assert f"lesson-{PARTS[0]}" not in panel(alice, lesson, was=before).content.decode()
    Lesson.objects.filter(pk=lesson.pk).update(history_reads=2)
    lesson.refresh_from_db()
    assert f'id="lesson-{PARTS[0]}"' in panel(alice, lesson, was=before).content.decode()


@pytest.mark.parametrize("minutes", [50, -5], ids=["soon", "overdue"])
def test_a_check_that_finds_nothing_new_draws_only_the_time_of_the_check(panel, alice, bob, kids, minutes):
    lesson = create_planned_lesson(
        bob, timedelta(minutes=minutes), looked_at=timezone.now() - timedelta(hours=1)
    )
    add_members(lesson, *kids)
    before = page_version(lesson, alice)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    lesson.refresh_from_db()
    answer = panel(alice, lesson, was=before)
    page = answer.content.decode()
    assert 'hx-swap-oob="innerHTML:.last-checked"' in page
    assert not any(f"lesson-{name}" in page for name in PARTS)
    checked = re.search(r"&amp;checked=(\d+)", page)[1]
    assert panel(alice, lesson, was=before, checked=checked).status_code == 204
    assert panel(kids[0], lesson).status_code == 204, "a student does not see when iclass was asked"


def test_a_lesson_that_runs_draws_only_its_live_panel_while_nothing_else_changes(panel, alice, lesson):
    page = panel(alice, lesson).content.decode()
    assert "lesson-acts" not in page
    assert 'id="live" aria-labelledby="live-title" hx-swap-oob="true"' in page
    changed = panel(alice, lesson, was="before").content.decode()
    assert 'id="lesson-acts" hx-swap-oob="innerHTML"' in changed
    assert "End the lesson" in changed
    assert changed.count('id="live"') == 1


def test_a_cancelled_lesson_asks_nothing(panel, alice, bob):
    lesson = create_planned_lesson(bob, timedelta(minutes=10), cancelled_at=timezone.now())
    assert panel(alice, lesson, was="before").status_code == 286


def test_who_opens_the_address_is_led_to_the_page(browse, client, bob, kids, lesson):
    record_poll(lesson, [bob, kids[0]])
    answer = browse(bob, f"/lessons/{lesson.pk}/live/")
    assert answer.url == f"/lessons/{lesson.pk}/"
    assert "Kid1" in client.get(answer.url).content.decode()


def test_students_do_not_see_each_other(panel, browse, kids, lesson):
    for was in (None, "older"):
        assert "Kid2" not in panel(kids[0], lesson, was=was).content.decode()
    assert browse(kids[0], f"/lessons/{lesson.pk}/live/", htmx=True).status_code == 200


def test_another_school_and_who_is_not_in_it_get_no_news(panel, charlie, school, lesson):
    dora = create_person(school, "dora", Role.TEACHER)
    assert panel(charlie, lesson, was="x").status_code == 404
    assert panel(dora, lesson, was="x").status_code == 403


def test_thirty_people_cost_no_more_queries_than_three(queries, alice, bob, school, kids, lesson):
    record_poll(lesson, [bob, kids[0]], timezone.now() - timedelta(seconds=30))
    few = queries(alice, f"/lessons/{lesson.pk}/live/", htmx=True)
    more = [create_person(school, f"m{n}", Role.STUDENT) for n in range(27)]
    add_members(lesson, *more)
    record_poll(lesson, [bob, *more])
    assert queries(alice, f"/lessons/{lesson.pk}/live/", htmx=True) == few
    assert Lesson.objects.count() == 1
