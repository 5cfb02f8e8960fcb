"""Engagement as samples: off unless turned on, unknown is never off, and no mark knows of them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Enterprise, Role
from accounts.people.erasure import erase_person
from accounts.school import retention
from accounts.school.engagement import set_engagement_sampling
from classes.attendance.engagement import count_samples
from classes.attendance.register import finalize_register, recompute_register
from classes.models import Attendance, EngagementSample, Observation
from console.audit.models import AuditEntry
from console.env import BASE_DIR
from tests.classes.attendance.strategies import property_test, simulated_lessons
from tests.classes.factories import add_members, create_finished_lesson, record_poll
from tests.support.cast import create_person

SECONDS = timedelta(seconds=20)


@pytest.fixture
def quinn(school):
    """The superadmin."""
    return create_person(school, "quinn", Role.SUPERADMIN)


@pytest.fixture
def on(school, quinn):
    """The school keeps samples, and says why."""
    set_engagement_sampling(school=school, on=True, reason="Agreed with the parents", by=quinn)
    school.refresh_from_db()


@pytest.fixture
def lesson(bob, kids):
    """Bob's, over: Kid1 was there all the time, camera on for the first half; of Kid2 nothing was told."""
    lesson = create_finished_lesson(bob, final_at=None)
    add_members(lesson, *kids)
    return lesson


def looked_at(lesson, kids, times=40):
    """Forty checks, 20 seconds apart: Kid1's camera is on in 31 of them, the microphone in none."""
    for number in range(times):
        at = lesson.real_started_at + number * SECONDS
        record_poll(lesson, kids[:1], at, camera=int(number < 31), mic=0)


def test_thirty_one_of_forty_checks_saw_the_camera_on(browse, on, bob, kids, lesson):
    looked_at(lesson, kids)
    finalize_register(lesson)
    row = Attendance.objects.get(lesson=lesson, user_id="kid1")
    told = browse(bob, f"/attendance/{row.pk}/", htmx=True).content.decode()
    assert "camera on in 31 of 40 checks" in told
    assert "microphone on in 0 of 40 checks" in told
    assert "speaker: unknown, no data from iclass" in told
    zh = browse(bob, f"/attendance/{row.pk}/", htmx=True, language="zh-hans").content.decode()
    assert "40 次查看中 31 次摄像头开启" in zh
    assert "seen on" not in zh


def test_the_student_page_adds_up_the_lessons_of_the_term(browse, on, alice, bob, kids, lesson):
    other = create_finished_lesson(bob, final_at=None)
    add_members(other, *kids)
    for one in (lesson, other):
        looked_at(one, kids)
        finalize_register(one)
    for reader in (alice, kids[0]):
        told = browse(reader, f"/people/{kids[0].pk}/attendance/").content.decode()
        assert "camera on in 62 of 80 checks" in told
        assert "From 2 lessons of these days." in told
    assert "camera on in" not in browse(alice, f"/people/{kids[1].pk}/attendance/").content.decode()


def test_they_are_off_from_the_start_and_nothing_is_kept_or_shown(browse, alice, bob, kids, lesson, school):
    assert not school.samples_on
    looked_at(lesson, kids)
    finalize_register(lesson)
    assert not EngagementSample.objects.exists()
    row = Attendance.objects.get(lesson=lesson, user_id="kid1")
    for path in (f"/attendance/{row.pk}/", f"/people/{kids[0].pk}/attendance/"):
        assert "camera on in" not in browse(alice, path).content.decode()


def test_a_superadmin_turns_them_on_with_a_reason_that_administrators_read(browse, alice, quinn, school):
    page = "/school/samples/"
    assert browse(alice, page).status_code == 403
    assert "reason" in browse(quinn, page, post={"samples_on": "on", "reason": " "}).context["form"].errors
    assert not Enterprise.objects.get(pk=school.pk).samples_on
    browse(quinn, page, post={"samples_on": "on", "reason": "Agreed with the parents"})
    assert Enterprise.objects.get(pk=school.pk).samples_on
    told = browse(alice, "/school/").content.decode()
    assert "Quinn" in told
    assert "<q>Agreed with the parents</q>" in told
    assert AuditEntry.objects.get(action="school.samples").after == {"samples_on": True}


def test_turned_off_they_are_hidden_at_once_and_deleted_by_the_next_clearing(
    browse, on, bob, quinn, kids, lesson, school
):
    looked_at(lesson, kids)
    finalize_register(lesson)
    set_engagement_sampling(school=school, on=False, reason="Nobody looks at them", by=quinn)
    row = Attendance.objects.get(lesson=lesson, user_id="kid1")
    assert "camera on in" not in browse(bob, f"/attendance/{row.pk}/").content.decode()
    assert retention.clear_all_schools() == 1
    assert not EngagementSample.objects.exists()


def test_they_go_after_their_days_and_a_register_reckoned_anew_brings_none_back(on, bob, kids):
    old = create_finished_lesson(bob, final_at=None)
    type(old).objects.filter(pk=old.pk).update(
        starts_at=timezone.now() - timedelta(days=32), ends_at=timezone.now() - timedelta(days=31)
    )
    add_members(old, *kids)
    looked_at(old, kids)
    finalize_register(old)
    assert EngagementSample.objects.count() == 1
    assert retention.clear_all_schools() == 1
    recompute_register(old)
    assert not EngagementSample.objects.exists()
    assert Observation.objects.filter(lesson=old, raw__status__camera=1).exists()


def test_they_are_never_kept_for_good(browse, quinn, school):
    assert school.keep_samples_days == 30
    for days in ("", "0", "91"):
        answer = browse(quinn, "/school/retention/", post={"keep_samples_days": days})
        assert "keep_samples_days" in answer.context["form"].errors
    browse(quinn, "/school/retention/", post={"keep_samples_days": "14"})
    assert Enterprise.objects.get(pk=school.pk).keep_samples_days == 14


def test_a_look_that_was_not_told_of_a_device_is_unknown_and_never_off():
    at = timezone.now()
    looks = [at + n * SECONDS for n in range(4)]
    changes = [
        (looks[0], {"camera": 1, "mic": -1}),
        (looks[1], {}),
        (looks[2], None),
        (looks[3], {"camera": 0}),
    ]
    numbers = count_samples(changes, looks)
    assert numbers["checks"] == 3
    assert (numbers["camera_on"], numbers["camera_told"]) == (1, 2)
    assert numbers["mic_told"] == 0


def test_erasing_somebody_deletes_their_samples(on, alice, kids, lesson):
    looked_at(lesson, kids)
    finalize_register(lesson)
    erase_person(person=kids[0], by=alice, reason="Asked for it")
    assert not EngagementSample.objects.exists()


def test_marks_are_the_same_whatever_devices_were_told(on, bob, kids, lesson):
    twin = create_finished_lesson(bob, final_at=None, starts_at=lesson.starts_at, ends_at=lesson.ends_at,
                real_started_at=lesson.real_started_at, real_ended_at=lesson.real_ended_at)  # fmt: skip
    add_members(twin, *kids)
    for number in range(0, 130):
        at = lesson.real_started_at + number * SECONDS
        room = [kids[0], *(kids[1:2] if number < 60 else ())]
        record_poll(lesson, room, at, camera=number % 2, mic=number % 3 - 1, hand_up=1)
        record_poll(twin, room, at)
    for one in (lesson, twin):
        finalize_register(one)
    told, silent = (
        list(Attendance.objects.filter(lesson=one).order_by("user_id")
             .values_list("user_id", "mark", "present_seconds", "share", "evidence", "reason"))
        for one in (lesson, twin)
    )  # fmt: skip
    assert told == silent
    assert EngagementSample.objects.filter(lesson=lesson).count() == 2
    before = list(Attendance.objects.values())
    EngagementSample.objects.all().delete()
    recompute_register(lesson)
    assert list(Attendance.objects.values()) == before


@property_test
@given(simulated_lessons(), st.data())
def test_a_device_that_changes_changes_no_mark(world, data):
    """A look that found a device changed adds a line to the evidence; nothing that is reckoned follows it."""
    evidence = world.evidence()
    ticks = [place for place, line in enumerate(evidence) if line.source == "tick"]
    chosen = set(data.draw(st.lists(st.sampled_from(ticks), max_size=8))) if ticks else set()
    changed, last = [], {}
    for place, line in enumerate(evidence):
        if line.source == "poll":
            last[line.user_id] = line
        inside = [one for one in last.values() if one.present]
        if place in chosen and inside:
            changed += [replace(one, seen_at=line.seen_at) for one in inside[:1]]
        else:
            changed.append(line)
    assert world.reckon(changed) == world.reckon(evidence)


def test_no_page_promises_what_iclass_never_tells_the_console():
    """The events of appendix 3.9 stay in the classroom: rewards, screen sharing, network quality."""
    catalogue = (BASE_DIR / "console/locale/zh_Hans/LC_MESSAGES/django.po").read_text().casefold()
    promises = ("reward", "trophy", "screen sharing", "network quality", "奖励", "屏幕共享", "网络质量")
    assert [word for word in promises if word in catalogue] == []
