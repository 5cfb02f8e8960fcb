"""Calling who is missing: noted, shown beside the name, on record."""

import pytest

from accounts.models import User
from classes.models import AbsenceCall, Lesson
from console.audit.models import AuditEntry, PersonalDataAccess
from console.audit.personal_data import erase_personal_data
from tests.classes.factories import add_members, create_running_lesson, record_poll
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob, kids):
    lesson = create_running_lesson(bob)
    add_members(lesson, *kids)
    record_poll(lesson, [bob, *kids[:2]])
    return lesson


def called(browse, reader, lesson, who="kid3", **more):
    form = {"person": who, "outcome": "no_answer", "note": "mother rings back"} | more
    return browse(reader, f"/lessons/{lesson.pk}/call/", post=form)


def test_the_missing_are_named_with_what_came_of_the_call(browse, alice, lesson):
    page = page_text(browse(alice, f"/lessons/{lesson.pk}/live/", htmx=True))
    assert f"/lessons/{lesson.pk}/call/?who=kid3" in page
    assert called(browse, alice, lesson).url == f"/lessons/{lesson.pk}/"
    page = page_text(browse(alice, f"/lessons/{lesson.pk}/live/", htmx=True))
    assert "by Alice: no answer" in page
    called(browse, alice, lesson, outcome="coming")
    assert "by Alice: is coming" in page_text(browse(alice, f"/lessons/{lesson.pk}/live/", htmx=True))
    assert AbsenceCall.objects.count() == 2


def test_a_call_stands_on_record_without_its_note(browse, alice, kids, lesson):
    called(browse, alice, lesson)
    entry = AuditEntry.objects.get(action="lesson.call")
    assert entry.after == {"person": kids[2].pk, "outcome": "no_answer"}
    assert "mother" not in str(list(AuditEntry.objects.values()))


def test_the_number_is_masked_and_shown_whole_only_by_an_act_of_its_own(browse, alice, bob, kids, lesson):
    User.objects.filter(pk=kids[2].pk).update(phone_no="13812345678")
    page = page_text(browse(alice, f"/lessons/{lesson.pk}/call/?who=kid3"))
    assert "138****5678" in page
    assert f"/people/{kids[2].pk}/contacts/" in page
    page = page_text(browse(bob, f"/lessons/{lesson.pk}/call/?who=kid3"))
    assert "5678" not in page
    assert "/contacts/" not in page


def test_whoever_teaches_the_lesson_sees_a_number_once_and_the_person_can_read_by_whom(
    browse, alice, bob, charlie, sue, kids, lesson
):
    User.objects.filter(pk=kids[2].pk).update(phone_no="13812345678")
    member = lesson.members.get(user=kids[2])
    address = f"/lessons/members/{member.pk}/phone/"
    assert address in page_text(browse(bob, f"/lessons/{lesson.pk}/call/?who=kid3"))
    proposed = browse(bob, address)
    assert "5678" not in page_text(proposed)
    assert proposed.context["form"]["reason"].value() == f"Missing from “{lesson.topic}”"
    assert "Enter a reason" in page_text(browse(bob, address, post={"reason": " "}))
    assert not PersonalDataAccess.objects.exists()
    answer = browse(bob, address, post={"reason": "late bus"})
    assert "13812345678" in page_text(answer)
    assert "no-store" in answer["Cache-Control"]
    seen = PersonalDataAccess.objects.get()
    assert (seen.person, seen.entry.actor, seen.fields) == (kids[2], bob, ["phone_no"])
    assert seen.entry.reason == f"Missing from “{lesson.topic}”: late bus"
    tom = create_person(lesson.enterprise, "tom", "teacher")
    for one, status in ((tom, 403), (sue, 403), (kids[0], 403), (charlie, 404)):
        assert browse(one, address, post={"reason": "late bus"}).status_code == status


def test_a_number_is_asked_for_and_shown_in_its_place(browse, alice, bob, kids, lesson):
    User.objects.filter(pk=kids[2].pk).update(phone_no="13812345678")
    address = f"/lessons/members/{lesson.members.get(user=kids[2]).pk}/phone/"
    assert f'hx-get="{address}"' in page_text(browse(bob, f"/lessons/{lesson.pk}/call/?who=kid3"))
    for reader, path in ((bob, address), (alice, f"/people/{kids[2].pk}/contacts/")):
        form = page_text(browse(reader, path, htmx=True))
        assert f'hx-post="{path}"' in form
        assert "<html" not in form
        assert "Enter a reason" in page_text(browse(reader, path, post={"reason": ""}, htmx=True))
        shown = browse(reader, path, post={"reason": "late bus"}, htmx=True)
        assert 'href="tel:13812345678"' in page_text(shown)
        assert "<html" not in page_text(shown)
        assert "no-store" in shown["Cache-Control"]
    assert PersonalDataAccess.objects.count() == 2


def test_after_the_lesson_no_phone_is_shown_by_it(browse, bob, kids, lesson):
    User.objects.filter(pk=kids[2].pk).update(phone_no="13812345678")
    address = f"/lessons/members/{lesson.members.get(user=kids[2]).pk}/phone/"
    Lesson.objects.filter(pk=lesson.pk).update(status="end")
    assert address not in page_text(browse(bob, f"/lessons/{lesson.pk}/call/?who=kid3"))
    for answer in (browse(bob, address), browse(bob, address, post={"reason": "late bus"})):
        assert answer.url == f"/lessons/{lesson.pk}/"
    assert browse(bob, address, htmx=True)["HX-Refresh"] == "true"
    assert not PersonalDataAccess.objects.exists()


def test_what_was_typed_is_kept_where_something_is_missing(browse, alice, lesson):
    page = page_text(called(browse, alice, lesson, outcome=""))
    assert "mother rings back" in page
    assert not AbsenceCall.objects.exists()


def test_nobody_who_is_not_expected_is_called_and_nobody_calls_elsewhere(
    browse, alice, bob, sue, charlie, kids, lesson
):
    assert called(browse, alice, lesson, who="sue").status_code == 200
    assert called(browse, charlie, lesson).status_code == 404
    assert called(browse, sue, lesson).status_code == called(browse, kids[0], lesson).status_code == 403
    assert not AbsenceCall.objects.exists()
    assert called(browse, bob, lesson, who="bob").status_code == 302


def test_an_erased_person_leaves_no_note(browse, alice, kids, lesson):
    called(browse, alice, lesson)
    erase_personal_data(kids[2])
    assert AbsenceCall.objects.get().note == ""
