"""Enter: one press opens the classroom in the reader's own name, and only where its host takes the token."""

import logging
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from accounts.models import Role, User
from accounts.people.services import renew_entry_token
from console.audit.models import AuditEntry, PersonalDataAccess
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
)
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db

HOST = "class.example"
TOKEN = "curiouser-and-curiouser"


@pytest.fixture
def hosts(settings):
    settings.CLASSROOM_HOSTS = [HOST]


@pytest.fixture
def lesson(bob, ann, kids):
    """Bob's, running, with Ann to help and Kid1 in it; Bob and Kid1 have a token."""
    lesson = create_running_lesson(bob)
    add_members(lesson, ann, kids[0])
    for person in (bob, kids[0]):
        person.user_token = TOKEN
        person.save_mirrored(["user_token"])
    return lesson


def enter(browse, who, lesson):
    return browse(who, f"/lessons/{lesson.pk}/enter/", {})


@pytest.mark.parametrize(("who", "side"), [("bob", "teacher_url"), ("kid1", "student_url")])
def test_enter_leads_to_the_readers_own_side_with_their_id_and_token(browse, hosts, lesson, who, side):
    answer = enter(browse, User.objects.get(user_id=who), lesson)
    assert answer.status_code == 303
    assert answer["Location"] == f"{getattr(lesson, side)}#user_id={who}&token={TOKEN}"


def test_the_answer_is_kept_nowhere_and_sends_no_referrer(browse, hosts, bob, lesson):
    answer = enter(browse, bob, lesson)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer.content == b""


def test_each_use_is_on_record_without_the_token(browse, hosts, bob, lesson):
    for _time in range(2):
        enter(browse, bob, lesson)
    entries = AuditEntry.objects.filter(action="lesson.enter")
    assert [(one.actor, one.object_id) for one in entries] == [(bob, str(lesson.pk))] * 2
    assert PersonalDataAccess.objects.filter(entry__in=entries, person_id=bob.pk).count() == 2
    assert TOKEN not in str(list(AuditEntry.objects.values()))


def test_the_token_is_in_no_line_of_the_log(browse, hosts, bob, lesson, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = enter(browse, bob, lesson)
        logging.getLogger("console.requests").warning("%r", answer)
    assert TOKEN not in caplog.text


def test_a_get_asks_first_and_gives_nothing(browse, hosts, bob, lesson):
    for act in ("enter", "token"):
        page = browse(bob, f"/lessons/{lesson.pk}/{act}/")
        assert page.status_code == 200
        assert TOKEN not in page_text(page)
    assert not AuditEntry.objects.filter(action__in=("lesson.enter", "lesson.reveal_token")).exists()


def test_another_site_cannot_press_it(hosts, bob, lesson):
    client = client_for(bob, enforce_csrf_checks=True)
    assert client.post(f"/lessons/{lesson.pk}/enter/").status_code == 403


#: Hosts that may get the token, and an address that is none of them.
ELSEWHERE: list[tuple[list[str], str]] = [
    ([], "https://class.example/1/2"),
    (["other.example"], "https://class.example/1/2"),
    (["class.example"], "https://class.example.evil.example/1/2"),
    (["class.example"], "https://class.example@evil.example/1/2"),
    (["class.example"], "javascript:alert(1)//class.example"),
    (["http://class.example"], "http://class.example/1/2"),
]


def test_another_host_never_gets_the_token(browse, settings, bob, lesson):
    for listed, address in ELSEWHERE:
        settings.CLASSROOM_HOSTS = listed
        lesson.teacher_url = f"{address}/0"
        lesson.save_mirrored(["teacher_url"])
        entered = enter(browse, bob, lesson)
        assert entered.status_code == 200, address
        assert "Location" not in entered, address
        page = browse(bob, f"/lessons/{lesson.pk}/")
        assert f'action="/lessons/{lesson.pk}/enter/"' not in page_text(page), address
        for answer in (entered, page):
            assert f'action="/lessons/{lesson.pk}/token/"' in page_text(answer), address
            assert TOKEN not in page_text(answer), address
    assert not AuditEntry.objects.filter(action="lesson.enter").exists()


def test_elsewhere_a_press_shows_the_readers_own_token_on_record(browse, bob, kids, lesson):
    for who in (bob, kids[0]):
        answer = browse(who, f"/lessons/{lesson.pk}/token/", {})
        assert f'value="{TOKEN}"' in page_text(answer)
        assert f'value="{who.user_id}"' in page_text(answer)
        assert "no-store" in answer["Cache-Control"]
    by = AuditEntry.objects.filter(action="lesson.reveal_token").values_list("actor__user_id", flat=True)
    assert sorted(by) == ["bob", "kid1"]


@pytest.mark.parametrize("act", ["enter", "token"])
def test_who_came_from_iclass_reads_that_the_console_has_no_token(browse, hosts, ann, lesson, act):
    answer = browse(ann, f"/lessons/{lesson.pk}/{act}/", {})
    assert answer.status_code == 200
    page = page_text(answer)
    assert "The console does not have your entry token" in page
    assert "ask a school administrator to replace your entry token" in page
    assert lesson.student_url in page
    assert not AuditEntry.objects.filter(action__startswith="lesson.").exists()


def test_who_may_replace_tokens_is_offered_a_new_one_and_nothing_is_replaced_by_itself(
    browse, hosts, alice, lesson
):
    alice.remote_id = "alice"
    alice.save_mirrored(["remote_id"])
    page = page_text(enter(browse, alice, lesson))
    assert f'href="/people/{alice.pk}/token/"' in page
    assert "Cards printed with the old one are void then." in page
    assert not AuditEntry.objects.filter(action="person.new_token").exists()


def test_while_a_new_token_is_on_its_way_the_old_one_is_not_used(browse, hosts, alice, bob, lesson):
    renew_entry_token(person=bob, by=alice)
    page = page_text(enter(browse, bob, lesson))
    assert "A new entry token has been requested for you." in page
    assert TOKEN not in page


@pytest.mark.parametrize("act", ["enter", "token"])
def test_only_who_belongs_to_the_lesson_enters_and_another_school_does_not_see_it(
    browse, hosts, charlie, kids, school, lesson, act
):
    dora = create_person(school, "dora", Role.TEACHER)
    path = f"/lessons/{lesson.pk}/{act}/"
    for post in (None, {}):
        assert browse(charlie, path, post).status_code == 404
        assert browse(kids[1], path, post).status_code == 403
        assert browse(dora, path, post).status_code == 403


def test_a_supervisor_and_an_administrator_enter_by_the_students_link_as_themselves(
    browse, hosts, alice, sue, lesson
):
    for person in (alice, sue):
        person.user_token = "of-their-own"
        person.save_mirrored(["user_token"])
        answer = enter(browse, person, lesson)
        assert answer["Location"] == f"{lesson.student_url}#user_id={person.user_id}&token=of-their-own"


#: Lessons whose classroom is not open: over, too early, not held, cancelled, and without a link.
SHUT = [
    (create_finished_lesson, "The lesson has ended. Its classroom is closed."),
    (
        lambda bob: create_planned_lesson(bob, timedelta(hours=3)),
        "The classroom is not open. It opens an hour before the lesson starts.",
    ),
    (
        lambda bob: create_planned_lesson(bob, timedelta(hours=-3)),
        "The planned time is over and the lesson has not started.",
    ),
    (
        lambda bob: create_running_lesson(bob, cancelled_at=timezone.now()),
        "The lesson is cancelled and cannot be entered.",
    ),
    (
        lambda bob: create_running_lesson(bob, teacher_url=""),
        "iclass has not given a link to this classroom yet.",
    ),
]


def test_a_classroom_that_is_not_open_is_not_entered(browse, client, hosts, bob, lesson):
    for (make, sentence), act in product(SHUT, ["enter", "token"]):
        shut = make(bob)
        answer = browse(bob, f"/lessons/{shut.pk}/{act}/", {})
        assert answer.url == f"/lessons/{shut.pk}/", sentence
        after = client.get(answer.url, headers={"accept-language": "en"})
        (said,) = map(str, after.context["messages"])
        assert said.startswith(sentence)
        assert TOKEN not in str(answer.headers), sentence


def test_todays_lessons_have_the_same_button(browse, hosts, bob, kids, lesson):
    for who in (bob, kids[0]):
        page = page_text(browse(who, "/"))
        assert f'action="/lessons/{lesson.pk}/enter/" target="_blank"' in page
        assert lesson.teacher_url not in page
