"""Appeals, leave, guests, mass drops and rules on their pages; marks of a student and a course in REST."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.school.forms.attendance import AttendancePolicyForm
from classes.attendance.appeals import add_credit
from classes.attendance.evidence import record_runtime
from classes.attendance.forms.policy import past_lessons_field
from classes.attendance.policy import freeze_policy
from classes.attendance.policy_changes import LOOKBACK, MAX_LESSONS
from classes.attendance.register import recompute_register
from classes.models import Appeal, Attendance, Correction, Course, GuestCredit, Leave, Lesson
from console.iclass import RuntimeMember
from tests.classes.factories import add_members, create_finished_lesson, record_poll
from tests.support.cast import create_person
from tests.support.undo_button import press_undo, ticket_on

WALL = datetime(2027, 3, 2, 19)
pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob, kids):
    """Bob's, over: Kid1 and a guest were there all the time, Kid2 twelve minutes late, Kid3 never."""
    lesson = create_finished_lesson(bob, topic="Croquet")
    add_members(lesson, *kids)
    at = lesson.real_started_at
    came = {"bob": at, "kid1": at, "kid2": at + timedelta(minutes=12)}
    while at <= lesson.real_ended_at:
        lines = [
            RuntimeMember(user_id=user_id, role="student", enter_time=int(entered.timestamp()))
            for user_id, entered in came.items()
            if entered <= at
        ]
        record_runtime(lesson, lines, seen_at=at)
        at += timedelta(seconds=20)
    freeze_policy(lesson)
    recompute_register(lesson)
    return lesson


def row(lesson, user_id="kid3"):
    return Attendance.objects.get(lesson=lesson, user_id=user_id)


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_student_appeals_and_the_teacher_answers(browse, bob, kids, lesson):
    mine = row(lesson)
    assert f"/attendance/{mine.pk}/appeal/" in text_of(browse(kids[2], f"/attendance/{mine.pk}/"))
    assert "Describe what is wrong with the mark." in text_of(
        browse(kids[2], f"/attendance/{mine.pk}/appeal/", post={"text": ""})
    )
    sent = browse(kids[2], f"/attendance/{mine.pk}/appeal/", post={"text": "I sat beside Kid1"})
    made = Appeal.objects.get()
    assert sent["Location"] == f"/appeals/{made.pk}/"
    assert browse(kids[0], f"/appeals/{made.pk}/").status_code == 403
    assert browse(kids[2], f"/appeals/{made.pk}/answer/", post={"decision": "grant"}).status_code == 403
    page = text_of(browse(bob, f"/appeals/{made.pk}/"))
    assert "I sat beside Kid1" in page
    assert "Absent: did not join the lesson." in page
    assert "I sat beside" not in text_of(browse(bob, "/appeals/?state=granted"))
    again = browse(bob, f"/appeals/{made.pk}/answer/", post={"decision": "grant", "text": "True", "mark": ""})
    assert "Choose the correct mark" in text_of(again)
    browse(bob, f"/appeals/{made.pk}/answer/", post={"decision": "grant", "text": "True", "mark": "present"})
    assert row(lesson).mark == "present"
    assert "granted" in text_of(browse(kids[2], "/appeals/"))


def test_leave_is_entered_and_taken_back(browse, alice, kids, lesson):
    day = timezone.localtime(lesson.starts_at)
    post = {
        "person": "kid3",
        "day": f"{day - timedelta(days=1):%Y-%m-%d}",
        "start": "00:00",
        "end_day": f"{day + timedelta(days=1):%Y-%m-%d}",
        "end": "23:59",
        "kind": "personal",
        "reason": "Family",
    }
    wrong = browse(alice, "/leave/new/", post={**post, "end_day": "2020-01-01"})
    assert "The leave must end after it starts." in text_of(wrong)
    browse(alice, "/leave/new/", post=post)
    leave = Leave.objects.get()
    assert row(lesson).mark == "excused"
    assert "Family" in text_of(browse(alice, "/leave/"))
    assert "Family" in text_of(browse(kids[2], "/leave/"))
    assert "Family" not in text_of(browse(kids[0], "/leave/"))
    browse(alice, f"/leave/{leave.pk}/withdraw/", post={})
    assert row(lesson).mark == "absent"


def test_a_guest_is_matched_with_a_student_from_the_drawer(browse, bob, school, kids, lesson):
    member = lesson.members.get(user=kids[0])
    member.delete()
    recompute_register(lesson)
    guest = row(lesson, "kid1")
    assert "/credit/" in text_of(browse(bob, f"/attendance/{guest.pk}/"))
    browse(bob, f"/attendance/{guest.pk}/credit/", post={"person": kids[2].pk, "reason": "A borrowed login"})
    assert row(lesson).mark == "present"
    made = GuestCredit.objects.get()
    assert f"/credits/{made.pk}/undo/" in text_of(browse(bob, f"/attendance/{row(lesson).pk}/"))
    browse(bob, f"/credits/{made.pk}/undo/", post={})
    assert row(lesson).mark == "absent"


def test_a_match_and_its_end_are_taken_back(browse, client, bob, charlie, kids, lesson, settings):
    settings.UNDO_S = 10
    lesson.members.get(user=kids[0]).delete()
    recompute_register(lesson)
    register, guest = f"/lessons/{lesson.pk}/attendance/", row(lesson, "kid1")
    browse(bob, f"/attendance/{guest.pk}/credit/", post={"person": kids[2].pk, "reason": "A borrowed login"})
    assert row(lesson).mark == "present"
    press_undo(client, register)
    assert row(lesson).mark == "absent"
    assert GuestCredit.objects.get().undone_by == bob

    made = add_credit(guest=row(lesson, "kid1"), person=kids[2], reason="A borrowed login", by=bob)
    before = GuestCredit.objects.values().get(pk=made.pk)
    browse(bob, f"/credits/{made.pk}/undo/", post={})
    ticket = ticket_on(client, register)
    browse(charlie, "/undo/", post={"ticket": ticket})
    assert row(lesson).mark == "absent"
    browse(bob, "/undo/", post={"ticket": ticket})
    assert row(lesson).mark == "present"
    assert GuestCredit.objects.values().get(pk=made.pk) == before


def test_a_guest_who_was_matched_anew_stays_so(browse, client, bob, kids, lesson, settings):
    settings.UNDO_S = 10
    lesson.members.get(user=kids[0]).delete()
    recompute_register(lesson)
    match = {"guest": row(lesson, "kid1"), "reason": "A borrowed login", "by": bob}
    made = add_credit(person=kids[2], **match)
    browse(bob, f"/credits/{made.pk}/undo/", post={})
    ticket = ticket_on(client, f"/lessons/{lesson.pk}/attendance/")
    newer = add_credit(person=kids[1], **match)
    browse(bob, "/undo/", post={"ticket": ticket})
    assert GuestCredit.objects.get(undone_at=None) == newer


def test_a_mass_drop_is_excused_with_one_click(browse, bob, kids):
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    at = lesson.real_started_at
    while at <= lesson.real_ended_at:
        record_poll(
            lesson, [bob] if at - lesson.real_started_at > timedelta(minutes=25) else [bob, *kids], at
        )
        at += timedelta(seconds=20)
    recompute_register(lesson)
    page = text_of(browse(bob, f"/lessons/{lesson.pk}/attendance/"))
    action = re.search(rf'action="(/lessons/{lesson.pk}/attendance/excuse/\?at=\d+)"', page)
    assert "affect the marks of 3 of them" in page
    shown = re.search(r'name="shown" value="([\d ]+)"', page)[1].split()
    assert len(shown) == 3
    assert browse(bob, action[1], post={}).status_code == 200, "nobody is excused whom the page did not show"
    browse(bob, action[1], post={"shown": " ".join(shown[:2])})
    assert Correction.objects.filter(kind="drop").count() == 2
    assert "1 more entry was not on the page and stays open." in text_of(
        browse(bob, f"/lessons/{lesson.pk}/attendance/")
    )
    browse(bob, action[1], post={"shown": shown[2]})
    assert set(lesson.attendance.exclude(mark="").values_list("mark", flat=True)) == {"excused"}
    assert Correction.objects.filter(kind="drop").count() == 3
    assert "attendance/excuse/" not in text_of(browse(bob, f"/lessons/{lesson.pk}/attendance/"))


def test_rules_of_a_lesson_name_the_marks_that_would_change_before_they_are_saved(browse, alice, lesson):
    assert row(lesson, "kid2").mark == "late"
    path = f"/lessons/{lesson.pk}/attendance/rules/"
    asked = text_of(browse(alice, path, post={"late_after": "15", "reason": "Snow"}))
    assert "1 mark would change" in asked
    assert "Kid2 · Croquet: late → present" in asked
    assert row(lesson, "kid2").mark == "late"
    post = {"late_after": "15", "leave_minutes": "20", "reason": "Snow", "confirm": "on"}
    browse(alice, path, post=post)
    assert row(lesson, "kid2").mark == "present"
    lesson.refresh_from_db()
    assert lesson.rules == {"late_after_s": 900, "leave_minutes": 20}
    assert (lesson.policy["late_after_s"], lesson.policy["leave_minutes"]) == (900, 20)


@pytest.mark.parametrize(("past", "mark"), [("keep", "late"), ("again", "present")])
def test_rules_of_a_course_hold_for_its_lessons_to_come_and_if_asked_for_those_before(
    browse, alice, bob, school, lesson, past, mark
):
    course = Course.objects.create(
        enterprise=school,
        title="Games",
        teacher=bob,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )
    Lesson.objects.filter(pk=lesson.pk).update(course=course)
    path = f"/courses/{course.pk}/attendance/rules/"
    assert "1 mark would change" in text_of(browse(alice, path, post={"late_after": "15", "reason": "Snow"}))
    course.refresh_from_db()
    assert course.rules is None
    browse(alice, path, post={"late_after": "15", "reason": "Snow", "past": past})
    course.refresh_from_db()
    assert course.rules == {"late_after_s": 900}
    assert row(lesson, "kid2").mark == mark


def test_the_rules_of_a_course_are_found_on_its_page(browse, alice, bob, school):
    course = Course.objects.create(
        enterprise=school, title="Games", teacher=bob, starts_local=WALL, duration_minutes=45
    )
    link = f'href="/courses/{course.pk}/attendance/rules/"'
    assert link in text_of(browse(alice, f"/courses/{course.pk}/"))
    assert link not in text_of(browse(bob, f"/courses/{course.pk}/"))


@pytest.mark.parametrize(("past", "mark"), [("keep", "late"), ("again", "present")])
def test_rules_of_the_school_name_the_marks_that_would_change(browse, school, lesson, past, mark):
    superadmin = create_person(school, "quinn", Role.SUPERADMIN)
    post = {
        "late_after": "15",
        "early_leave": "5",
        "present_share": "50",
        "leave_minutes": "1",
        "leave_request_days": "14",
    }
    path = "/school/rules/"
    asked = text_of(browse(superadmin, path, post=post))
    assert "1 mark would change" in asked
    school.refresh_from_db()
    assert school.late_after_s == 300
    browse(superadmin, path, post={**post, "past": past})
    school.refresh_from_db()
    assert school.late_after_s == 900
    assert row(lesson, "kid2").mark == mark
    browse(superadmin, path, post={**post, "leave_request_days": "21"})
    school.refresh_from_db()
    assert school.leave_request_days == 21, "no mark depends on it, so nothing is asked"
    assert row(lesson, "kid2").mark == mark


def test_the_forms_of_rules_name_how_many_registers_are_recalculated(english):
    limits = f"the newest {MAX_LESSONS} open registers of the last {LOOKBACK.days} days"
    for choices in (AttendancePolicyForm.PAST_LESSON_CHOICES, past_lessons_field([]).choices):
        assert limits in str(dict(choices)["again"])


def test_rest_tells_the_marks_of_one_student_and_of_one_course(
    browse, school, alice, bob, charlie, kids, lesson
):
    told = browse(alice, "/api/v1/users/kid2/attendance/").json()["results"]
    assert [(one["lesson"], one["user_id"], one["mark"]) for one in told] == [(lesson.pk, "kid2", "late")]
    assert len(browse(kids[1], "/api/v1/users/kid2/attendance/").json()["results"]) == 1
    assert browse(kids[0], "/api/v1/users/kid2/attendance/").status_code == 403
    assert browse(charlie, "/api/v1/users/kid2/attendance/").status_code == 404
    course = Course.objects.create(
        enterprise=school,
        title="Games",
        teacher=bob,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )
    assert browse(bob, f"/api/v1/courses/{course.pk}/attendance/").json()["results"] == []
    Lesson.objects.filter(pk=lesson.pk).update(course=course)
    told = browse(bob, f"/api/v1/courses/{course.pk}/attendance/?mark=absent").json()["results"]
    assert [one["user_id"] for one in told] == ["kid3"]
    assert browse(charlie, f"/api/v1/courses/{course.pk}/attendance/").status_code == 404


def test_appeals_that_wait_are_counted_on_home_for_who_may_answer(browse, alice, bob, school, kids, lesson):
    Appeal.objects.create(lesson=lesson, person=kids[2], mark="absent")
    need = "/appeals/?state=open"
    dora, sue = create_person(school, "dora", Role.TEACHER), create_person(school, "sue", Role.SUPERVISOR)
    for reader in (alice, bob):
        page = text_of(browse(reader, "/"))
        assert need in page
        assert "1 open appeal" in page
        assert text_of(browse(reader, need)).count('<th scope="row"') == 1
    for reader in (dora, sue, kids[2]):
        assert need not in text_of(browse(reader, "/"))
    Appeal.objects.update(state="refused")
    assert need not in text_of(browse(bob, "/"))
