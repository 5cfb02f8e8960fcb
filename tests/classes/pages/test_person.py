"""The page of a person: who they are, their lessons and their marks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, StudentNote, User
from classes.models import Appeal, Attendance, Leave, Lesson, Member
from classes.pages.person import MAX_ROWS
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_finished_lessons,
    create_planned_lesson,
    create_running_lesson,
    record_full_presence,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def kid(kids):
    """Kid1, with a phone and an address."""
    User.objects.filter(pk=kids[0].pk).update(phone_no="13812345678", e_mail="kid1@example.com")
    kids[0].refresh_from_db()
    return kids[0]


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_school_sees_contacts_masked_and_the_buttons(browse, alice, kid):
    page = text_of(browse(alice, f"/people/{kid.pk}/"))
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "kid1@example.com" not in page
    assert f'href="/people/{kid.pk}/edit/"' in page
    assert "Year 7" in page


def test_people_see_their_own_contacts_whole_and_no_buttons(browse, kid):
    page = text_of(browse(kid, f"/people/{kid.pk}/"))
    assert "13812345678" in page
    assert f'href="/people/{kid.pk}/edit/"' not in page
    assert "/push/" not in page


def test_nobody_of_another_school_finds_them(browse, charlie, kid):
    assert browse(charlie, f"/people/{kid.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ASSISTANT, Role.STUDENT])
def test_who_may_see_only_themselves_is_refused(browse, school, kid, role):
    assert browse(create_person(school, "reader", role), f"/people/{kid.pk}/").status_code == 403


def test_a_students_lessons_and_marks_are_listed(browse, alice, bob, kid):
    coming, before = create_planned_lesson(bob, topic="To come"), create_finished_lesson(bob, topic="Held")
    for lesson in (coming, before):
        add_members(lesson, kid)
    record_full_presence(before, [bob, kid])
    create_planned_lesson(bob, topic="Somebody else's")
    page = text_of(browse(alice, f"/people/{kid.pk}/"))
    _, _, below_attendance = page.partition("Upcoming lessons")
    assert below_attendance.index("To come") < below_attendance.index("Held")
    assert f'href="/lessons/{before.pk}/attendance/"' in page
    assert "100 %" in page
    assert "Somebody else" not in page


def test_past_lessons_and_notes_have_pages_and_later_lessons_are_in_the_timetable(browse, alice, bob, kid):
    lessons = create_finished_lessons(bob, MAX_ROWS + 1)
    now, minute = timezone.now(), timedelta(minutes=1)
    lessons += Lesson.objects.bulk_create(
        Lesson(
            enterprise=bob.enterprise,
            teacher=bob,
            topic=f"Tea {n}",
            starts_at=now + n * minute,
            ends_at=now + n * minute + minute / 2,
        )
        for n in range(1, MAX_ROWS + 2)
    )
    Member.objects.bulk_create(Member(lesson=one, user=kid) for one in lessons)
    StudentNote.objects.bulk_create(
        StudentNote(enterprise=kid.enterprise, person=kid, text=f"Note {n} of many", by=bob)
        for n in range(MAX_ROWS + 1)
    )
    address, oldest = f"/people/{kid.pk}/", f"Croquet {MAX_ROWS}<"
    answer = browse(alice, address)
    page, group = text_of(answer), kid.student_groups.get()
    assert f"Only the first {MAX_ROWS} are shown." in page
    assert f'href="/timetable/?group={group.pk}"' in page
    assert oldest not in page
    assert oldest in text_of(browse(alice, f"{address}?after={answer.context['keyset'].next}"))
    assert "Note 0 of many" not in page
    assert "Note 0 of many" in text_of(browse(alice, f"{address}?page=2"))


def test_a_students_page_begins_with_the_attendance_of_the_term(browse, alice, bob, kid):
    held = create_finished_lesson(bob, topic="Held")
    add_members(held, kid)
    record_full_presence(held, [bob, kid])
    page = text_of(browse(alice, f"/people/{kid.pk}/"))
    assert '<progress class="bar" max="100" value="100" aria-hidden="true">' in page
    places = [page.index(words) for words in (
        "attendance rate this term", "Last lessons with their marks", "Upcoming lessons", "138****5678",
        f"/people/{kid.pk}/deactivate/", "Technical details", f"/people/{kid.pk}/push/",
    )]  # fmt: skip
    assert places == sorted(places)
    assert page.count("<progress") == 1


def test_open_appeals_and_leave_stand_with_the_attendance_until_they_are_over(browse, alice, bob, kids, kid):
    held = create_finished_lesson(bob, topic="Held")
    today = timezone.now()
    for person in (kid, kids[1]):
        Appeal.objects.create(lesson=held, person=person, mark="absent")
    Appeal.objects.create(lesson=create_finished_lesson(bob), person=kid, mark="late", state="granted")
    for reason, begins, ends in (("dentist", -1, 1), ("flu", -9, -8)):
        Leave.objects.create(
            enterprise=kid.enterprise, person=kid, reason=reason, by=alice,
            begins_at=today + timedelta(days=begins), ends_at=today + timedelta(days=ends),
        )  # fmt: skip
    page = text_of(browse(alice, f"/people/{kid.pk}/"))
    assert page.count("Appeal about “") == 1
    assert "dentist" in page
    assert "flu" not in page
    assert "Appeal about" not in text_of(browse(alice, f"/people/{bob.pk}/"))


def test_a_lesson_is_to_come_until_it_has_ended_whatever_end_was_planned(browse, alice, bob, kid):
    early = create_finished_lesson(bob, topic="Ended early", ends_at=timezone.now() + timedelta(hours=1))
    ahead = create_finished_lesson(
        bob,
        topic="Ended ahead",
        starts_at=timezone.now() + timedelta(hours=1),
        ends_at=timezone.now() + timedelta(hours=2),
    )
    long = create_running_lesson(bob, 90, topic="Runs long")
    for lesson in (early, ahead, long):
        add_members(lesson, kid)
    for person in (kid, bob):
        page = text_of(browse(alice, f"/people/{person.pk}/"))
        coming, before = page[page.index("Upcoming lessons") :].split("Past lessons")
        assert "Runs long" in coming
        assert "Ended" not in coming
        assert "Ended early" in before
        assert "Ended ahead" in before
        assert "Runs long" not in before


def test_who_has_not_come_to_a_running_lesson_yet_is_not_absent(browse, alice, bob, kid):
    running = create_running_lesson(bob, 30, topic="Now")
    add_members(running, kid)
    Attendance.objects.create(lesson=running, person=kid, user_id=kid.user_id, role="student", mark="absent")
    page = text_of(browse(alice, f"/people/{kid.pk}/"))
    assert "No marks yet." in page
    Lesson.objects.filter(pk=running.pk).update(status="end", real_ended_at=timezone.now())
    page = text_of(browse(alice, f"/people/{kid.pk}/"))
    assert "No marks yet." not in page
    assert "provisional" in page


def test_a_teacher_has_lessons_and_no_marks(browse, alice, bob):
    record_full_presence(create_finished_lesson(bob, topic="Held"), [bob])
    page = text_of(browse(alice, f"/people/{bob.pk}/"))
    assert "Held" in page
    assert "Attendance" not in page.split("<main")[1].split("</main>")[0]


def test_a_refusal_is_explained_to_the_school(browse, alice, kid):
    User.objects.filter(pk=kid.pk).update(sync_state="refused", sync_reason="10210")
    assert "could not register this person" in text_of(browse(alice, f"/people/{kid.pk}/"))
    assert "could not register this person" not in text_of(browse(kid, f"/people/{kid.pk}/"))


def test_technical_details_are_open_while_something_is_wrong(browse, alice, kid):
    User.objects.filter(pk=kid.pk).update(sync_state="in_sync")
    assert '<details class="card folded" id="technical">' in text_of(browse(alice, f"/people/{kid.pk}/"))
    User.objects.filter(pk=kid.pk).update(sync_state="refused", sync_reason="10210")
    assert '<details class="card folded" id="technical" open>' in text_of(browse(alice, f"/people/{kid.pk}/"))
    assert "Technical details" not in text_of(browse(kid, f"/people/{kid.pk}/"))


def test_no_entry_token_is_on_the_page(browse, alice, kid):
    kid.user_token = "down-the-rabbit-hole"
    kid.save_mirrored(["user_token"])
    for reader in (alice, kid):
        assert "rabbit-hole" not in text_of(browse(reader, f"/people/{kid.pk}/"))


def test_six_lessons_cost_no_more_queries_than_two(queries, alice, bob, kid):
    def more(number):
        for _ in range(number):
            lesson = create_finished_lesson(bob)
            add_members(lesson, kid)
            record_full_presence(lesson, [kid])

    more(2)
    few = queries(alice, f"/people/{kid.pk}/")
    more(4)
    assert queries(alice, f"/people/{kid.pk}/") == few
