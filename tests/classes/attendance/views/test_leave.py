"""Leave on its pages: a student asks, the teacher in charge or the office answers, the lesson shows it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import StudentGroup, User
from classes.attendance.leave import grant_leave, request_leave
from classes.attendance.leave_queries import MAX_LESSONS
from classes.models import Leave, Lesson
from console.notifications.models import Notification
from tests.classes.factories import (
    add_members,
    create_finished_lessons,
    create_planned_lesson,
    create_running_lesson,
    record_poll,
)
from tests.support.cast import create_person
from tests.support.charges import replace_in_charge
from tests.support.page_client import page_says, page_text

pytestmark = pytest.mark.django_db
Browse = Callable[..., HttpResponse]
DAY = timedelta(days=1)


@pytest.fixture
def ted(kids: list[User]) -> User:
    """The teacher in charge of Year 7, who teaches none of its lessons."""
    ted = create_person(kids[0].enterprise, "ted", "teacher")
    replace_in_charge(StudentGroup.objects.filter(students=kids[0]), ted)
    return ted


def days(first: int, last: int | None = None, **more: Any) -> dict[str, Any]:
    """What the form sends for whole days, counted from today."""
    today = timezone.localdate()
    end = "" if last is None else (today + last * DAY).isoformat()
    form = {"day": (today + first * DAY).isoformat(), "end_day": end}
    return form | {"kind": "sick", "reason": "A fever"} | more


def request_for(kid: User, hours: int = 48) -> Leave:
    now = timezone.now()
    period = now - timedelta(hours=1), now + timedelta(hours=hours)
    return request_leave(person=kid, periods=[period], kind="sick", reason="A fever", by=kid)[0]


def test_a_student_asks_for_whole_days_and_the_teacher_in_charge_approves(
    browse: Browse, kids: list[User], ted: User, bob: User
) -> None:
    kid = kids[0]
    assert "/leave/new/" in page_text(browse(kid, f"/people/{kid.pk}/"))
    assert "/leave/new/" in page_text(browse(kid, reverse("classes:report_student", args=[kid.pk])))
    sent = browse(kid, "/leave/new/", post=days(1, 2))
    assert sent["Location"] == "/leave/"
    leave = Leave.objects.get()
    local = [timezone.localtime(at) for at in (leave.begins_at, leave.ends_at)]
    today = timezone.localdate()
    assert [f"{at:%Y-%m-%d %H:%M}" for at in local] == [f"{today + DAY} 00:00", f"{today + 2 * DAY} 23:59"]
    assert page_says(browse(kid, "/leave/"), "awaiting decision")
    assert Notification.objects.get(kind="leave.requested").link == f"/leave/{leave.pk}/"
    assert "1 request waits for a decision" in page_text(browse(ted, "/leave/"))
    page = browse(ted, f"/leave/{leave.pk}/")
    assert page.context["form"] is not None
    assert "A fever" in page_text(page)
    for stranger in (bob, kids[1]):
        assert browse(stranger, f"/leave/{leave.pk}/").status_code == 403
    assert browse(kid, f"/leave/{leave.pk}/").context["form"] is None
    browse(ted, f"/leave/{leave.pk}/answer/", post={"decision": "approve", "text": "Get well"})
    leave.refresh_from_db()
    assert (leave.state, leave.answered_by) == ("approved", ted)
    assert "Get well" in page_text(browse(kid, f"/leave/{leave.pk}/"))


def test_a_request_that_overlaps_replaces_the_open_one(browse: Browse, kids: list[User]) -> None:
    browse(kids[0], "/leave/new/", post=days(1, 2))
    browse(kids[0], "/leave/new/", post=days(2, 3, reason="Still a fever"))
    open_one = Leave.objects.get(state="requested")
    assert (open_one.ends_at - open_one.begins_at).days == 2
    assert Leave.objects.filter(state="withdrawn").count() == 1


def test_a_student_asks_for_lessons_and_those_in_a_row_become_one_request(
    browse: Browse, bob: User, kids: list[User]
) -> None:
    now = timezone.localtime(timezone=bob.enterprise.tz)
    ten = now.replace(hour=10) + timedelta(days=1) - now  # no hour at which the next lesson is on another day
    lessons = [create_planned_lesson(bob, ten + timedelta(hours=hours)) for hours in (0, 2, 4, 24)]
    for lesson in lessons:
        add_members(lesson, kids[0])
    assert page_says(browse(kids[0], "/leave/new/"), "Only the next lessons are listed.")
    other = create_planned_lesson(bob, ten + timedelta(hours=6))
    post = {"kind": "personal", "reason": "A funeral", "day": "", "end_day": ""}
    wrong = browse(kids[0], "/leave/new/", post={**post, "lessons": [other.pk]})
    assert wrong.status_code == 200
    assert not Leave.objects.exists()
    browse(kids[0], "/leave/new/", post={**post, "lessons": [lessons[0].pk, lessons[1].pk, lessons[3].pk]})
    periods = list(Leave.objects.order_by("begins_at").values_list("begins_at", "ends_at"))
    assert periods == [
        (lessons[0].starts_at, lessons[1].ends_at),
        (lessons[3].starts_at, lessons[3].ends_at),
    ]


def test_the_page_of_a_leave_says_how_many_lessons_it_does_not_list(
    browse: Browse, alice: User, bob: User, kids: list[User]
) -> None:
    lessons = create_finished_lessons(bob, MAX_LESSONS + 2)
    for lesson in lessons:
        add_members(lesson, kids[0])
    now = timezone.now()
    leave = grant_leave(person=kids[0], begins_at=now - DAY, ends_at=now, reason="A fever", by=alice)
    page = browse(alice, f"/leave/{leave.pk}/")
    assert len(page.context["lessons"]) == MAX_LESSONS
    assert page_says(page, "and 2 more")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"day": ""}, "Choose either whole days or single lessons."),
        ({"day": "", "end_day": "2026-01-01"}, "Choose the first day."),
        ({"end_day": "2020-01-01"}, "The leave must end after it starts."),
        ({"reason": ""}, "Enter a reason for later reference."),
        ({"day": "2020-01-01", "end_day": "2020-01-01"}, "at most 14 days"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_the_form(
    browse: Browse, kids: list[User], change: dict[str, str], sentence: str
) -> None:
    page = browse(kids[0], "/leave/new/", post=days(1) | change)
    assert sentence in page_text(page)
    assert not Leave.objects.exists()


def test_returning_needs_a_sentence_and_the_second_decision_is_told(
    browse: Browse, kids: list[User], ted: User, alice: User
) -> None:
    leave = request_for(kids[0])
    path = f"/leave/{leave.pk}/answer/"
    assert page_says(
        browse(ted, path, post={"decision": "return", "text": ""}),
        "Write the student a sentence why the request is returned.",
    )
    assert page_says(browse(ted, path, post={"text": "x"}), "Choose whether to approve the request.")
    browse(ted, path, post={"decision": "return", "text": "There is an exam"})
    late = browse(alice, path, post={"decision": "approve", "text": ""})
    assert late["Location"] == f"/leave/{leave.pk}/"
    assert page_says(browse(alice, f"/leave/{leave.pk}/"), "This request has already been answered.")
    assert browse(ted, path)["Location"] == f"/leave/{leave.pk}/"
    leave.refresh_from_db()
    assert (leave.state, leave.answer) == ("returned", "There is an exam")


def test_several_are_approved_at_once_and_one_of_another_group_is_named(
    browse: Browse, school: Any, kids: list[User], ted: User
) -> None:
    mine, gone = request_for(kids[0]), request_for(kids[1])
    foreign = request_for(create_person(school, "mouse", "student"))
    Leave.objects.filter(pk=gone.pk).update(state="withdrawn", withdrawn_at=timezone.now())
    chosen = [mine.pk, gone.pk, foreign.pk, "x"]
    asked = browse(ted, "/leave/approve/", post={"chosen": chosen})
    assert page_says(asked, "Absences during this time count as excused. The students are notified.")
    browse(ted, "/leave/approve/", post={"chosen": chosen, "sure": "1"})
    page = page_text(browse(ted, "/leave/"))
    assert "1 request approved." in page
    assert "withdrawn or replaced" in page
    states = dict(Leave.objects.values_list("pk", "state"))
    assert states == {mine.pk: "approved", gone.pk: "withdrawn", foreign.pk: "requested"}


def test_a_student_withdraws_an_open_request(browse: Browse, kids: list[User], alice: User) -> None:
    leave = request_for(kids[0])
    assert browse(kids[1], f"/leave/{leave.pk}/withdraw/", post={}).status_code == 403
    browse(kids[0], f"/leave/{leave.pk}/withdraw/", post={})
    leave.refresh_from_db()
    assert leave.state == "withdrawn"
    other = request_for(kids[0])
    browse(alice, f"/leave/{other.pk}/answer/", post={"decision": "approve", "text": ""})
    browse(kids[0], f"/leave/{other.pk}/withdraw/", post={})
    other.refresh_from_db()
    assert other.state == "approved"


def test_register_lesson_and_live_list_show_leave(
    browse: Browse, bob: User, kids: list[User], alice: User
) -> None:
    planned, running = create_planned_lesson(bob, timedelta(hours=2)), create_running_lesson(bob)
    for lesson in (planned, running):
        add_members(lesson, *kids)
    record_poll(running, [bob, kids[2]])
    request_for(kids[0])
    begins = timezone.now() - DAY
    grant_leave(person=kids[1], begins_at=begins, ends_at=begins + 2 * DAY, reason="Secret", by=alice)
    before, now, register = f"/lessons/{planned.pk}/", f"/lessons/{running.pk}/", "attendance/"
    # A running lesson shows both in its list of members and in that of those who are missing.
    for path, number in ((before, 1), (now, 2), (before + register, 1), (now + register, 1)):
        page = page_text(browse(bob, path))
        counts = page.count("leave requested"), page.count("on leave")
        assert (path, *counts) == (path, number, number)
        assert "Secret" not in page
    assert "leave requested" not in page_text(browse(kids[2], f"/lessons/{planned.pk}/"))


def test_the_calendar_shows_the_leave_that_its_reader_may_see(
    browse: Browse, kids: list[User], ted: User, bob: User, alice: User, charlie: User
) -> None:
    leave = request_for(kids[0])
    for reader in (ted, alice, kids[0]):
        assert f"/leave/{leave.pk}/" in page_text(browse(reader, "/leave/calendar/"))
    for reader in (bob, charlie, kids[1]):
        assert page_says(browse(reader, "/leave/calendar/"), "No one is on leave in this month")
    past = browse(alice, "/leave/calendar/?month=2020-02")
    assert past.context["month"].isoformat() == "2020-02-01"
    for month in ("soon", "2026-13", "9999-01", "", "2026-W01"):
        page = browse(alice, f"/leave/calendar/?month={month}")
        assert page.context["month"] == timezone.localdate().replace(day=1)


def test_more_leave_on_the_calendar_costs_no_more_queries(
    queries: Callable[..., int], alice: User, kids: list[User]
) -> None:
    request_for(kids[0])
    few = queries(alice, "/leave/calendar/")
    for kid in kids[1:]:
        request_for(kid)
    assert queries(alice, "/leave/calendar/") <= few


def test_a_lesson_without_leave_shows_no_badge(browse: Browse, bob: User, kids: list[User]) -> None:
    lesson: Lesson = create_planned_lesson(bob, timedelta(hours=2))
    add_members(lesson, *kids)
    page = page_text(browse(bob, f"/lessons/{lesson.pk}/"))
    assert "leave requested" not in page
    assert "on leave" not in page


def test_all_errors_of_a_request_are_named_at_once(browse: Browse, kids: list[User]) -> None:
    answer: Any = browse(kids[0], "/leave/new/", post={"day": "", "end_day": "", "kind": "", "reason": ""})
    assert set(answer.context["form"].errors) == {"day", "kind", "reason"}
    wrong: Any = browse(kids[0], "/leave/new/", post=days(2, 1, kind="", reason=""))
    assert set(wrong.context["form"].errors) == {"end_day", "kind", "reason"}


def test_all_errors_of_leave_by_the_office_are_named_at_once(
    browse: Browse, alice: User, kids: list[User]
) -> None:
    typed = days(2, 1, kind="", reason="", start="08:00", end="09:00")
    answer: Any = browse(alice, "/leave/new/", post=typed)
    assert set(answer.context["form"].errors) == {"person", "end", "kind", "reason"}
