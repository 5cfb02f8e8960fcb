"""One lesson: who sees which part of it, and the buttons."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from classes.mirror.wanted import wanted_lesson
from classes.models import Lesson
from console.outbox.models import Attempt, Operation
from tests.classes.rows import expect, over, planned, running
from tests.support.cast import person

pytestmark = pytest.mark.django_db

ACTS = ("start", "stop", "cancel", "pull", "push")
PAGES = (
    "",
    "edit/",
    "live/",
    "attendance/",
    "attendance.xlsx",
    "attendance.csv",
    *(f"{act}/" for act in ACTS),
)


@pytest.fixture
def lesson(bob, ann, kids):
    """Bob's, with Ann to help and Kid1 in it."""
    lesson = planned(bob)
    expect(lesson, ann, kids[0])
    return lesson


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_for_another_school_the_lesson_does_not_exist(browse, charlie, lesson, page):
    assert browse(charlie, f"/lessons/{lesson.pk}/{page}").status_code == 404
    if page.rstrip("/") in ACTS:
        assert browse(charlie, f"/lessons/{lesson.pk}/{page}", {}).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_student_who_is_not_in_it_is_refused(browse, kids, lesson, page):
    assert browse(kids[1], f"/lessons/{lesson.pk}/{page}").status_code == 403


def test_a_teacher_does_not_see_what_another_teaches(browse, school, lesson):
    dora = person(school, "dora", Role.TEACHER)
    assert browse(dora, f"/lessons/{lesson.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("reader", "teachers", "students"),
    [
        ("alice", True, True),
        ("bob", True, True),
        ("ann", False, True),
        ("sue", False, True),
        ("kid1", False, True),
    ],
)
def test_the_teachers_link_goes_to_the_teacher_and_the_school_alone(
    browse, alice, sue, lesson, reader, teachers, students
):
    who = {"kid1": lesson.members.get(role="student").user}.get(reader) or (
        lesson.enterprise.users.get(user_id=reader)
    )
    page = text_of(browse(who, f"/lessons/{lesson.pk}/"))
    assert (lesson.teacher_url in page) is teachers
    assert (lesson.student_url in page) is students


def test_the_links_are_shown_to_copy_and_as_pictures_that_need_no_other_host(browse, alice, lesson):
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert f'data-copy="{lesson.student_url}"' in page
    assert page.count('src="data:image/svg+xml') == 2


def test_a_student_sees_neither_the_roll_nor_what_was_sent(browse, kids, lesson):
    page = text_of(browse(kids[0], f"/lessons/{lesson.pk}/"))
    for hidden in ("Ann", "In the classroom", "At iclass", "Sent to iclass", "Cancel the lesson"):
        assert hidden not in page, hidden


def test_a_teacher_gets_names_without_links_to_pages_that_are_closed_to_them(browse, bob, lesson, kids):
    page = text_of(browse(bob, f"/lessons/{lesson.pk}/"))
    assert "Kid1" in page
    assert f'href="/people/{kids[0].pk}/"' not in page


def test_a_refusal_stands_on_the_page_with_its_next_step_and_a_button(browse, alice, lesson):
    Lesson.objects.filter(pk=lesson.pk).update(sync_state="refused", sync_reason="10003")
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert "does not accept one of the values" in page
    assert "Correct the entry and save it again" in page
    assert f'action="/lessons/{lesson.pk}/push/"' in page


def test_a_lesson_on_its_way_follows_itself_and_one_in_sync_stands_still(browse, alice, lesson):
    assert 'hx-select="#lesson-push"' not in text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    Lesson.objects.filter(pk=lesson.pk).update(sync_state="sending")
    assert 'hx-select="#lesson-push"' in text_of(browse(alice, f"/lessons/{lesson.pk}/"))


def test_what_the_service_has_otherwise_is_marked(browse, alice, lesson):
    seen = wanted_lesson(lesson) | {"topic": "Chess", "members": {"ann": "assistant", "kid9": "student"}}
    Lesson.objects.filter(pk=lesson.pk).update(observed=seen)
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert page.count('class="differs"') == 3
    assert "Chess" in page
    assert "kid9" in page


def test_operations_stand_with_their_tries(browse, alice, lesson):
    browse(alice, f"/lessons/{lesson.pk}/pull/", {})
    operation = Operation.objects.get()
    Attempt.objects.create(
        operation=operation, fence=1, endpoint="class/info", started_at=timezone.now(), outcome="refused",
        error_code=10230, message="no such class",
    )  # fmt: skip
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert "Look at the lesson" in page
    assert "10230" in page
    assert "no such class" in page


@pytest.mark.parametrize(("act", "make"), [("start", planned), ("stop", running), ("pull", planned)])
def test_a_button_asks_acts_once_and_comes_back(browse, client, bob, act, make):
    lesson = make(bob)
    assert "csrf" in text_of(browse(bob, f"/lessons/{lesson.pk}/{act}/"))
    assert not Operation.objects.exists()
    answer = browse(bob, f"/lessons/{lesson.pk}/{act}/", {})
    assert answer.url == f"/lessons/{lesson.pk}/"
    assert Operation.objects.get().kind == f"class.{act}"
    assert 'class="flash flash-success' in client.get(answer.url).content.decode()


def test_cancelling_keeps_the_reason_and_deletes_at_the_service(browse, alice, lesson):
    browse(alice, f"/lessons/{lesson.pk}/cancel/", {"reason": "Rain"})
    lesson.refresh_from_db()
    assert lesson.cancelled_at is not None
    assert lesson.cancel_reason == "Rain"
    assert Operation.objects.get().kind == "class.delete"
    assert "Rain" in text_of(browse(alice, f"/lessons/{lesson.pk}/"))


def test_sending_again_owes_one_operation(browse, alice, bob):
    lesson = planned(bob, remote_id="", sync_state="refused", sync_reason="10003")
    browse(alice, f"/lessons/{lesson.pk}/push/", {})
    assert Operation.objects.get().kind == "class.create"


def test_what_is_too_late_is_said_and_changes_nothing(browse, client, alice, bob):
    lesson = over(bob)
    answer = browse(alice, f"/lessons/{lesson.pk}/cancel/", {})
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "Its register and recordings are kept." in page
    assert not Operation.objects.exists()


@pytest.mark.parametrize("act", ["cancel", "push"])
def test_a_teacher_starts_and_ends_but_does_not_cancel(browse, bob, lesson, act):
    assert browse(bob, f"/lessons/{lesson.pk}/{act}/", {}).status_code == 403
    page = text_of(browse(bob, f"/lessons/{lesson.pk}/"))
    assert f"/lessons/{lesson.pk}/start/" in page
    assert f"/lessons/{lesson.pk}/cancel/" not in page


@pytest.mark.parametrize("act", ACTS)
def test_a_supervisor_watches_and_changes_nothing(browse, sue, lesson, act):
    assert browse(sue, f"/lessons/{lesson.pk}/{act}/", {}).status_code == 403


@pytest.mark.parametrize(
    ("make", "offered"),
    [
        (lambda bob: planned(bob), {"start", "cancel", "pull"}),
        (lambda bob: running(bob), {"stop", "pull"}),
        (lambda bob: over(bob), {"pull"}),
        (lambda bob: planned(bob, timedelta(hours=-2)), {"cancel", "pull"}),
        (lambda bob: planned(bob, remote_id="", teacher_url="", student_url=""), {"start", "cancel"}),
    ],
    ids=["planned", "running", "over", "never held", "not made yet"],
)
def test_only_what_the_service_would_accept_is_offered(browse, alice, bob, make, offered):
    lesson = make(bob)
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    found = set(re.findall(rf'(?:href|action)="/lessons/{lesson.pk}/({"|".join(ACTS)})/"', page))
    assert found == offered


def test_thirty_members_cost_no_more_queries_than_three(queries, alice, bob, school):
    lesson = running(bob)
    expect(lesson, *(person(school, f"k{n}", Role.STUDENT) for n in range(3)))
    few = queries(alice, f"/lessons/{lesson.pk}/")
    expect(lesson, *(person(school, f"m{n}", Role.STUDENT) for n in range(27)))
    assert queries(alice, f"/lessons/{lesson.pk}/") == few


def test_links_that_lead_nowhere_any_more_are_not_shown(browse, alice, bob):
    for lesson in (over(bob), planned(bob, cancelled_at=timezone.now())):
        assert lesson.student_url not in text_of(browse(alice, f"/lessons/{lesson.pk}/"))
