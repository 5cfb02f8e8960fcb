"""Deciding about a register on its pages."""

import re

import pytest
from django.utils import timezone

from accounts.models import Role
from classes.attendance.evidence import record_history
from classes.models import Appeal, Attendance, Lesson, Recording, Register
from console.iclass import HistoryMember
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_running_lesson,
    record_full_presence,
    record_poll,
)
from tests.support.cast import create_person
from tests.support.charges import put_in_charge

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob, kids):
    """Bob's, over: Kid1 and Kid2 were there all the time, Kid3 never came."""
    lesson = create_finished_lesson(bob, topic="Croquet")
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, *kids[:2]])
    return lesson


def row(lesson, user_id="kid3"):
    return Attendance.objects.get(lesson=lesson, user_id=user_id)


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_teacher_corrects_a_mark_from_its_drawer(browse, bob, lesson):
    kid = row(lesson)
    drawer = text_of(browse(bob, f"/attendance/{kid.pk}/", htmx=True))
    assert f'action="/attendance/{kid.pk}/correct/"' in drawer
    assert "<html" not in drawer
    refused = browse(bob, f"/attendance/{kid.pk}/correct/", post={"mark": "present", "reason": ""})
    assert "Enter a reason" in text_of(refused)
    done = browse(bob, f"/attendance/{kid.pk}/correct/", post={"mark": "present", "reason": "No camera"})
    assert done["Location"] == f"/lessons/{lesson.pk}/attendance/?corrected={kid.pk}#row-{kid.pk}"
    page = text_of(browse(bob, f"/lessons/{lesson.pk}/attendance/"))
    assert "“No camera”" in page
    assert 'class="by-hand"' in page
    whole = text_of(browse(bob, f"/attendance/{kid.pk}/"))
    assert "By evidence: absent" in whole
    assert "<q>No camera</q>" in whole


def test_after_a_correction_the_next_row_that_needs_attention_is_offered(browse, bob, kids):
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, kids[0]])

    def correct(user_id):
        kid = row(lesson, user_id)
        post = {"mark": "excused", "reason": "A note"}
        return text_of(browse(bob, browse(bob, f"/attendance/{kid.pk}/correct/", post=post)["Location"]))

    page = correct("kid2")
    assert f'id="row-{row(lesson, "kid2").pk}" class="is-corrected"' in page
    assert re.search(r'data-drawer="jump">Next: (\w+)<', page)[1] == "Kid3"
    assert "Next:" not in correct("kid3")
    for nonsense in ("0", "x", "99999999", row(lesson, "kid1").pk):
        page = text_of(browse(bob, f"/lessons/{lesson.pk}/attendance/?corrected={nonsense}"))
        assert "Next:" not in page


def test_a_drawer_tells_stays_shares_and_devices_where_unknown_is_never_off(browse, bob, school, kids):
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    record_poll(lesson, kids[:1], lesson.real_started_at, camera=1, mic=0)
    line = HistoryMember(
        user_id="kid1",
        enter_time=int(lesson.real_started_at.timestamp()),
        quit_time=int(lesson.real_ended_at.timestamp()),
        history_camera=0,
        history_mic=-1,
        history_speaker=1,
    )
    record_history(lesson, [line], seen_at=timezone.now())
    record_full_presence(lesson, kids[:1])
    told = text_of(browse(bob, f"/attendance/{row(lesson, 'kid1').pk}/", htmx=True))
    states = re.findall(r"<li>(camera|microphone|speaker|silenced|hand): (\w+)</li>", told)
    assert states[:5] == [
        ("camera", "off"),
        ("microphone", "unknown"),
        ("speaker", "on"),
        ("silenced", "unknown"),
        ("hand", "unknown"),
    ]
    assert len(states) == 10
    assert "100 %" in told
    assert "two sources" in told


def test_a_late_student_is_led_to_the_minute_of_the_recording(browse, bob, kids, lesson):
    began = lesson.real_started_at
    film = Recording.objects.create(
        enterprise=bob.enterprise,
        lesson=lesson,
        class_id="1",
        video_id="v",
        video_type=1,
        url="https://1253488539.vod2.myqcloud.com/v.mp4",
        seconds=45 * 60,
        started_at=began,
    )
    told = text_of(browse(kids[2], f"/attendance/{row(lesson).pk}/", htmx=True))
    link = f"/recordings/{lesson.pk}/?track={film.pk}&amp;t=0#player"
    assert f'href="{link}"' in told
    assert "films.example" not in told
    assert link not in text_of(browse(bob, f"/attendance/{row(lesson, 'kid1').pk}/", htmx=True))


def test_a_student_opens_the_own_row_alone_and_corrects_nothing(browse, kids, lesson):
    mine = row(lesson)
    assert "drawer-form" not in text_of(browse(kids[2], f"/attendance/{mine.pk}/", htmx=True))
    assert browse(kids[2], f"/attendance/{mine.pk}/correct/", post={"reason": "x"}).status_code == 403
    assert browse(kids[2], f"/attendance/{row(lesson, 'kid1').pk}/").status_code == 403
    assert browse(kids[2], f"/lessons/{lesson.pk}/attendance/close/", post={}).status_code == 403


def test_a_teacher_who_sits_in_another_lesson_decides_nothing_there(browse, school, bob, lesson):
    tom = create_person(school, "tom", Role.TEACHER)
    add_members(lesson, tom)
    record_full_presence(lesson, [bob, tom])
    assert browse(tom, f"/attendance/{row(lesson, 'tom').pk}/correct/", post={}).status_code == 403
    assert browse(tom, f"/lessons/{lesson.pk}/attendance/close/", post={}).status_code == 403


def test_another_school_finds_nothing(browse, charlie, lesson):
    assert browse(charlie, f"/attendance/{row(lesson).pk}/").status_code == 404
    assert browse(charlie, f"/lessons/{lesson.pk}/attendance/close/").status_code == 404


def test_a_register_is_closed_and_opened_again(browse, bob, lesson):
    page = text_of(browse(bob, f"/lessons/{lesson.pk}/attendance/"))
    assert "Close register" in page
    asked = text_of(browse(bob, f"/lessons/{lesson.pk}/attendance/close/"))
    assert "Close this register?" in asked
    assert f"“{lesson.topic}”, " in asked
    assert ": 1 absent, 2 present. A closed register no longer changes." in asked
    browse(bob, f"/lessons/{lesson.pk}/attendance/close/", post={})
    closed = Register.objects.get()
    page = text_of(browse(bob, f"/lessons/{lesson.pk}/attendance/"))
    assert "Closed as revision 1" in page
    assert closed.digest in page.partition("Technical details")[2]
    assert closed.digest not in page.partition("Technical details")[0]
    assert "drawer-form" not in text_of(browse(bob, f"/attendance/{row(lesson).pk}/"))
    answer = browse(bob, f"/lessons/{lesson.pk}/attendance.json")
    assert closed.digest in answer.content.decode()
    browse(bob, f"/lessons/{lesson.pk}/attendance/reopen/", post={"reason": "A note"})
    assert Lesson.objects.get(pk=lesson.pk).register_closed_at is None
    assert browse(bob, f"/lessons/{lesson.pk}/attendance.json").status_code == 302


def test_who_closed_a_register_is_told_of_what_and_led_to_the_next_that_waits(
    browse, bob, alice, kids, lesson
):
    def close(one):
        browse(bob, f"/lessons/{one.pk}/attendance/close/", post={})
        page = text_of(browse(bob, f"/lessons/{one.pk}/attendance/"))
        return page.partition('class="flash flash-success')[2].partition("</p>")[0]

    tea = create_finished_lesson(bob, topic="Tea & cake")
    of_alice = create_finished_lesson(alice, topic="Of a colleague")
    for one in (tea, of_alice):
        add_members(one, kids[0])
        record_full_presence(one, [kids[0]])
    message = close(lesson)
    assert "The register of “Croquet”, " in message
    assert " is closed: 1 absent, 2 present." in message
    assert f'<a class="btn" href="/lessons/{tea.pk}/attendance/">Next register</a>' in message
    message = close(tea)
    assert "“Tea &amp; cake”" in message
    assert "Next register" not in message, "that of a colleague does not wait for Bob"


def test_closing_with_doubts_asks_for_a_tick(browse, bob, lesson):
    Lesson.objects.filter(pk=lesson.pk).update(final_at=None)
    path = f"/lessons/{lesson.pk}/attendance/close/"
    assert "not complete" in text_of(browse(bob, path))
    assert text_of(browse(bob, path, post={}))
    assert not Register.objects.exists()
    browse(bob, path, post={"anyway": "on"})
    assert Register.objects.get().body["final"] is False


def test_a_running_lesson_offers_no_closing(browse, bob, kids):
    lesson = create_running_lesson(bob)
    add_members(lesson, *kids)
    assert "attendance/close/" not in text_of(browse(bob, f"/lessons/{lesson.pk}/attendance/"))


def test_who_is_in_charge_opens_a_mark_without_device_states_and_appeals(browse, school, bob, kids):
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    record_poll(lesson, kids[:1], lesson.real_started_at, camera=1, mic=0)
    record_full_presence(lesson, kids[:1])
    mark = row(lesson, "kid1")
    Appeal.objects.create(lesson=lesson, person=kids[0], mark=mark.mark, evidence={"facts": {}})
    tom = create_person(school, "tom", Role.TEACHER)
    put_in_charge(kids[0].student_groups.get(), tom)
    told = text_of(browse(tom, f"/attendance/{mark.pk}/"))
    assert "Intervals" in told
    for sign in ("Devices (samples)", "camera", ">Appeal</h2>"):
        assert sign not in told
    told = text_of(browse(bob, f"/attendance/{mark.pk}/"))
    for sign in ("Devices (samples)", "camera", ">Appeal</h2>"):
        assert sign in told
