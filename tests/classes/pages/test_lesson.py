"""One lesson: who sees which part of it, and the buttons."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from classes.lessons.remote_fields import desired_fields
from classes.models import Lesson
from console.audit.models import AuditEntry
from console.outbox.models import Attempt, Operation
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
    record_full_presence,
    record_poll,
)
from tests.support.cast import create_person

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
    lesson = create_planned_lesson(bob)
    add_members(lesson, ann, kids[0])
    return lesson


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_for_another_school_the_lesson_does_not_exist(browse, charlie, lesson):
    for page in PAGES:
        assert browse(charlie, f"/lessons/{lesson.pk}/{page}").status_code == 404, page
        if page.rstrip("/") in ACTS:
            assert browse(charlie, f"/lessons/{lesson.pk}/{page}", {}).status_code == 404, page


def test_a_student_who_is_not_in_it_is_refused(browse, kids, lesson):
    for page in PAGES:
        assert browse(kids[1], f"/lessons/{lesson.pk}/{page}").status_code == 403, page


def test_a_teacher_does_not_see_what_another_teaches(browse, school, lesson):
    dora = create_person(school, "dora", Role.TEACHER)
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


def test_a_lesson_that_iclass_does_not_have_is_not_called_in_sync(browse, alice, bob):
    """As where its creation was marked as done by hand."""
    for remote_id, word, other in (("1234", "in sync", "does not exist"), ("", "does not exist", "in sync")):
        lesson = create_planned_lesson(bob, remote_id=remote_id)
        for address in (f"/lessons/{lesson.pk}/", "/lessons/"):
            main = text_of(browse(alice, address)).split("<main")[1].split('id="results"')[-1]
            assert f"{word}</span>" in main, address
            assert f"{other}</span>" not in main, address
        Lesson.objects.all().delete()


def test_what_the_service_has_otherwise_is_marked(browse, alice, lesson):
    seen = desired_fields(lesson) | {"topic": "Chess", "members": {"ann": "assistant", "kid9": "student"}}
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
    assert "Get the lesson" in page
    assert "10230" in page
    assert "no such class" in page


@pytest.mark.parametrize("act", ["start", "stop", "pull"])
def test_a_button_asks_acts_once_is_audited_and_comes_back(browse, client, bob, act):
    lesson = create_running_lesson(bob) if act == "stop" else create_planned_lesson(bob, DUE)
    assert "csrf" in text_of(browse(bob, f"/lessons/{lesson.pk}/{act}/"))
    assert not Operation.objects.exists()
    answer = browse(bob, f"/lessons/{lesson.pk}/{act}/", {})
    assert answer.url == f"/lessons/{lesson.pk}/"
    assert Operation.objects.get().kind == f"class.{act}"
    assert AuditEntry.objects.get(action=f"lesson.{act}").actor == bob
    assert 'class="flash flash-success' in client.get(answer.url).content.decode()


def test_cancelling_keeps_the_reason_and_deletes_at_the_service(browse, alice, lesson):
    browse(alice, f"/lessons/{lesson.pk}/cancel/", {"reason": "Rain"})
    lesson.refresh_from_db()
    assert lesson.cancelled_at is not None
    assert lesson.cancel_reason == "Rain"
    assert Operation.objects.get().kind == "class.delete"
    assert "Rain" in text_of(browse(alice, f"/lessons/{lesson.pk}/"))


def test_sending_again_owes_one_operation(browse, alice, bob):
    lesson = create_planned_lesson(bob, remote_id="", sync_state="refused", sync_reason="10003")
    browse(alice, f"/lessons/{lesson.pk}/push/", {})
    assert Operation.objects.get().kind == "class.create"


def test_what_is_too_late_is_said_and_changes_nothing(browse, client, alice, bob):
    lesson = create_finished_lesson(bob)
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
        (lambda bob: create_planned_lesson(bob), {"start", "cancel", "pull"}),
        (lambda bob: create_running_lesson(bob), {"stop", "pull"}),
        (lambda bob: create_finished_lesson(bob), {"pull"}),
        (lambda bob: create_planned_lesson(bob, timedelta(hours=-2)), {"cancel", "pull"}),
        (
            lambda bob: create_planned_lesson(bob, remote_id="", teacher_url="", student_url=""),
            {"start", "cancel"},
        ),
    ],
    ids=["planned", "running", "over", "never held", "not made yet"],
)
def test_only_what_the_service_would_accept_is_offered(browse, alice, bob, make, offered):
    lesson = make(bob)
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    found = set(re.findall(rf'(?:href|action)="/lessons/{lesson.pk}/({"|".join(ACTS)})/"', page))
    assert found == offered


def test_thirty_members_cost_no_more_queries_than_three(queries, alice, bob, school):
    lesson = create_running_lesson(bob)
    add_members(lesson, *(create_person(school, f"k{n}", Role.STUDENT) for n in range(3)))
    few = queries(alice, f"/lessons/{lesson.pk}/")
    add_members(lesson, *(create_person(school, f"m{n}", Role.STUDENT) for n in range(27)))
    assert queries(alice, f"/lessons/{lesson.pk}/") == few


def test_links_that_lead_nowhere_any_more_are_not_shown(browse, alice, bob):
    for lesson in (create_finished_lesson(bob), create_planned_lesson(bob, cancelled_at=timezone.now())):
        assert lesson.student_url not in text_of(browse(alice, f"/lessons/{lesson.pk}/"))


def test_only_a_running_lesson_is_said_to_be_still_running(browse, alice, bob):
    running = create_running_lesson(bob)
    assert "still running" in text_of(browse(alice, f"/lessons/{running.pk}/"))
    over = create_finished_lesson(bob, real_ended_at=None)
    page = text_of(browse(alice, f"/lessons/{over.pk}/"))
    assert "still running" not in page
    assert "end unknown" in page


def test_a_lesson_that_ended_early_is_over_before_its_planned_end(browse, alice, bob):
    lesson = create_finished_lesson(bob, ends_at=timezone.now() + timedelta(hours=1))
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert "The lesson has ended." in page
    assert "still running" not in page


def card(page, begins, ends="</section>"):
    return page[page.index(begins) : page.index(ends, page.index(begins))]


def test_what_the_service_says_folds_under_technical_details(browse, alice, lesson):
    browse(alice, f"/lessons/{lesson.pk}/pull/", {})
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    details = card(page, '<details class="card technical"', "</main>")
    before = page[: page.index('<details class="card technical"')]
    assert " open" not in details.split(">")[0]
    for words in ("Lesson ID at iclass", "Compare with iclass", "Sent to iclass", "Check iclass now"):
        assert words in details, words
        assert words not in before, words


def test_before_a_lesson_its_links_and_readiness_stand_first(browse, alice, lesson):
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert "Classroom links" in page
    assert "Readiness" in page
    assert 'id="live"' not in page
    assert 'class="card result"' not in page


def test_while_it_runs_who_is_missing_stands_above_who_is_there(browse, alice, bob, ann, kids):
    lesson = create_running_lesson(bob)
    add_members(lesson, ann, *kids)
    record_poll(lesson, [bob, kids[0]])
    main = card(text_of(browse(alice, f"/lessons/{lesson.pk}/")), '<section class="card live"')
    assert main.index("Kid2") < main.index("In the room now") < main.index("Kid1")
    students = card(main, "Expected but not here", "</ul>")
    assert "Ann" not in students
    assert f'href="/lessons/{lesson.pk}/access/"' in main


def test_a_lesson_that_is_due_is_still_before_and_says_so(browse, alice, bob):
    lesson = create_planned_lesson(bob, timedelta(minutes=-5))
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert "and has not started." in page
    assert "Classroom links" in page
    assert 'id="live"' not in page
    assert "The lesson has ended." not in page


def test_a_lesson_that_was_never_held_has_not_ended(browse, alice, bob):
    lesson = create_planned_lesson(bob, timedelta(hours=-2))
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert "The planned time is over and the lesson has not started." in page
    assert "The lesson has ended." not in page


def test_after_a_lesson_its_marks_stand_as_a_bar_with_their_numbers(browse, alice, bob, ann, kids):
    lesson = create_finished_lesson(bob, final_at=None)
    add_members(lesson, ann, *kids)
    record_full_presence(lesson, [bob, kids[0], kids[1]])
    result = card(text_of(browse(alice, f"/lessons/{lesson.pk}/")), '<section class="card result"')
    assert re.findall(r'class="result-(\w+)" x="([\d.]+)" y="0" width="([\d.]+)"', result) == [
        ("present", "0.00", "66.67"),
        ("absent", "66.67", "33.33"),
    ]
    assert "<strong>2</strong> present" in result
    assert "<strong>1</strong> absent" in result
    assert "66.6 %" in result
    assert "provisional" in result


def test_a_student_reads_their_own_mark_and_no_numbers_of_others(browse, bob, kids):
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, kids[0]])
    result = card(text_of(browse(kids[0], f"/lessons/{lesson.pk}/")), '<section class="card result"')
    assert "Your attendance" in result
    assert "present" in result
    assert "absent" not in result
    assert "<strong>" not in result


def primary(page):
    """Label of the one primary action, and where it leads; empty strings where there is none."""
    bar = card(page, 'id="lesson-primary"', '<div id="lesson-sync"')
    labels = re.findall(r'class="btn btn-primary"[^>]*>(?:<svg.*?</svg>)?([^<]*)', bar, re.S)
    assert len(labels) <= 1
    return (labels or [""])[0], (re.findall(r'(?:href|action)="([^"]+)"', bar) or [""])[-1]


MIDDAY = timezone.now().replace(hour=12)
LATER, SOON, DUE, PAST = timedelta(hours=3), timedelta(minutes=30), timedelta(minutes=-5), timedelta(hours=-2)


#: Who looks, at which lesson, and what the page offers them first.
STAGES = [
    ("alice", lambda bob: create_planned_lesson(bob, DUE, sync_state="gone"), "Send again", "push/"),
    ("alice", lambda bob: create_planned_lesson(bob, DUE), "Start the lesson", "start/"),
    ("alice", lambda bob: create_planned_lesson(bob, PAST), "Reschedule", "move/"),
    ("alice", lambda bob: create_planned_lesson(bob, timedelta(days=3)), "Edit", "edit/"),
    ("bob", lambda bob: create_planned_lesson(bob, LATER), "", ""),
    ("bob", lambda bob: create_planned_lesson(bob, SOON), "Enter", "teacher_url"),
    ("bob", lambda bob: create_running_lesson(bob), "Enter", "teacher_url"),
    ("kid1", lambda bob: create_running_lesson(bob), "Enter", "student_url"),
    ("sue", lambda bob: create_running_lesson(bob), "Enter", "student_url"),
    ("alice", lambda bob: create_running_lesson(bob), "Enter", "student_url"),
    ("bob", lambda bob: create_finished_lesson(bob), "Close register", "attendance/"),
    ("alice", lambda bob: create_finished_lesson(bob, final_at=None), "Open register", "attendance/"),
    ("kid1", lambda bob: create_finished_lesson(bob), "Your attendance", "attendance/"),
    ("sue", lambda bob: create_finished_lesson(bob), "Open register", "attendance/"),
    ("alice", lambda bob: create_planned_lesson(bob, cancelled_at=MIDDAY), "Make it up", "make-up/"),
]


def test_each_role_has_one_primary_action_in_each_stage(browse, school, alice, bob, sue, kids):
    for who, make, label, leads in STAGES:
        lesson = make(bob)
        add_members(lesson, kids[0])
        page = text_of(browse(school.users.get(user_id=who), f"/lessons/{lesson.pk}/"))
        address = getattr(lesson, leads) if leads.endswith("_url") else f"/lessons/{lesson.pk}/{leads}"
        assert primary(page) == (label, address if label else ""), (who, label, leads)


@pytest.mark.parametrize(
    ("state", "label", "address"),
    [
        ("refused", "Edit", "/lessons/{pk}/edit/"),
        ("needs_you", "Sent to iclass", "/sync/sent/"),
        ("held", "Open school settings", "/school/"),
        ("changed_outside", "Differences", "/sync/differences/"),
    ],
)
def test_an_administrator_is_led_to_what_solves_the_problem_at_iclass(
    browse, alice, bob, state, label, address
):
    lesson = create_planned_lesson(bob, timedelta(days=3), sync_state=state)
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert primary(page) == (label, address.format(pk=lesson.pk))


def test_an_administrator_is_led_to_the_settings_where_the_key_is_missing_and_reads_why(browse, alice, bob):
    lesson = create_planned_lesson(bob, SOON)
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert primary(page) == ("Open school settings", "/school/")
    assert "The private key is missing" in card(page, 'id="lesson-primary"', '<div id="lesson-sync"')


@pytest.mark.parametrize("begins", [SOON, LATER])
def test_a_lesson_that_iclass_does_not_have_is_nowhere_called_a_match_or_open(browse, alice, bob, begins):
    lesson = create_planned_lesson(bob, begins, remote_id="")
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/"))
    assert "iclass does not have the lesson yet." in page
    assert "The console and iclass match." not in page
    assert "in sync</span>" not in page
    hint = card(page, 'id="lesson-primary"', '<div id="lesson-sync"')
    assert "The classroom opens once the lesson is on iclass." in hint
    assert "links" not in hint
