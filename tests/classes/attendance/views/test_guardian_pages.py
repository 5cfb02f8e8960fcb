"""What a guardian sees of a child, and leave that a guardian asks for."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Enterprise, Guardian, GuardianAccount, Role, StudentGroup, User
from classes.attendance.corrections import correct_mark
from classes.attendance.leave import answer_leave, request_leave, withdraw_leave
from classes.models import Attendance, Leave, LeaveFile, Lesson
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from console.notifications.models import Notification
from console.policy.views import PAGE_SIZE
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    record_full_presence,
)
from tests.support.cast import create_person
from tests.support.charges import replace_in_charge
from tests.support.guardians import create_account, create_guardian, guardian_client
from tests.support.page_client import client_for, page_says, page_text
from tests.support.undo_button import press_undo, ticket_on

UNDO = "/guardian/undo/"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nstartxref\n9\n%%EOF\n"
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def dina(school: Enterprise) -> User:
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def ada(dina: User) -> Guardian:
    return create_guardian(dina)


@pytest.fixture
def account(ada: Guardian) -> GuardianAccount:
    return create_account(ada)


@pytest.fixture
def mother(account: GuardianAccount) -> Any:
    return guardian_client(account)


@pytest.fixture
def held(bob: User, dina: User) -> Lesson:
    """A lesson that Dina missed and another student did not."""
    other = create_person(dina.enterprise, "olive", Role.STUDENT)
    lesson = create_finished_lesson(bob, topic="Croquet")
    add_members(lesson, dina, other)
    record_full_presence(lesson, [other])
    return lesson


def ask(mother: Any, ada: Guardian, **typed: Any) -> Any:
    tomorrow = timezone.localdate() + timedelta(days=1)
    known = {"day": tomorrow.isoformat(), "kind": "sick", "reason": "Fever"}
    return mother.post(f"/guardian/{ada.pk}/leave/new/", known | typed)


def test_the_week_has_the_lessons_of_the_child_alone(
    mother: Any, ada: Guardian, bob: User, dina: User
) -> None:
    own, other = (create_planned_lesson(bob, timedelta(minutes=5), topic=one) for one in ("Own", "Foreign"))
    add_members(own, dina)
    add_members(other, create_person(dina.enterprise, "olive", Role.STUDENT))
    text = page_text(mother.get(f"/guardian/{ada.pk}/"))
    assert "Own" in text
    assert "Bob" in text
    for hidden in ("Foreign", "class.example", "olive", "13800138000"):
        assert hidden not in text
    assert mother.get(f"/guardian/{ada.pk}/?date=nonsense").status_code == 200
    assert mother.get(f"/guardian/{ada.pk}/?date=9999-12-31").status_code == 200


def test_attendance_has_marks_and_reasons_and_tells_provisional_ones(
    mother: Any, ada: Guardian, held: Lesson
) -> None:
    answer = mother.get(f"/guardian/{ada.pk}/attendance/")
    assert page_says(answer, "Croquet")
    assert "Absent" in page_text(answer)
    assert "olive" not in page_text(answer)
    assert not page_says(answer, "provisional")
    Lesson.objects.filter(pk=held.pk).update(final_at=None)
    assert page_says(mother.get(f"/guardian/{ada.pk}/attendance/"), "provisional")


def test_who_corrected_a_mark_is_not_named(
    mother: Any, ada: Guardian, held: Lesson, dina: User, school: Enterprise
) -> None:
    carl = create_person(school, "carl-of-the-office", Role.ADMIN)
    row = Attendance.objects.get(lesson=held, person=dina)
    correct_mark(mark_of=row, mark="excused", reason="Was at the doctor", by=carl)
    text = page_text(mother.get(f"/guardian/{ada.pk}/attendance/"))
    assert "Was at the doctor" in text
    assert "the school" in text
    assert "carl" not in text.lower()


def test_switches_close_the_pages_and_their_links(mother: Any, ada: Guardian) -> None:
    ada.told_leave = ada.told_attendance = False
    ada.save(update_fields=["told_leave", "told_attendance"])
    text = page_text(mother.get(f"/guardian/{ada.pk}/"))
    for page in ("leave/", "attendance/"):
        assert f"/guardian/{ada.pk}/{page}" not in text
        assert mother.get(f"/guardian/{ada.pk}/{page}").status_code == 404
    assert ask(mother, ada).status_code == 404


def test_a_guardian_asks_and_the_teacher_in_charge_approves(
    mother: Any, ada: Guardian, dina: User, bob: User
) -> None:
    group = StudentGroup.objects.create(enterprise=dina.enterprise, name="Year 7")
    group.students.add(dina)
    replace_in_charge(StudentGroup.objects.filter(pk=group.pk), bob)
    assert ask(mother, ada)["Location"] == f"/guardian/{ada.pk}/leave/"
    leave = Leave.objects.get()
    assert (leave.by, leave.guardian, leave.guardian_relation) == (None, ada, "mother")
    entry = AuditEntry.objects.get(action="leave.request")
    assert (entry.actor, entry.actor_label) == (None, f"guardian {ada.account_id}")
    assert Notification.objects.filter(kind="leave.requested", person=bob).exists()
    teacher = client_for(bob)
    for page in (f"/leave/{leave.pk}/", "/leave/"):
        text = page_text(teacher.get(page))
        assert "mother" in text, page
        assert "Ada" not in text
        assert "ada@" not in text
    teacher.post(f"/leave/{leave.pk}/answer/", {"decision": "approve", "text": "Get well"})
    text = page_text(mother.get(f"/guardian/{ada.pk}/leave/"))
    assert "approved" in text
    assert "Get well" in text


def test_leave_of_years_ago_is_on_further_pages(mother: Any, ada: Guardian, dina: User) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    Leave.objects.bulk_create(
        Leave(
            enterprise=dina.enterprise,
            person=dina,
            begins_at=now - n * hour,
            ends_at=now - n * hour + hour / 2,
            reason=f"Reason {n} of many",
        )
        for n in range(PAGE_SIZE + 1)
    )
    page = mother.get(f"/guardian/{ada.pk}/leave/")
    assert "Reason 0 of" in page_text(page)
    assert f"Reason {PAGE_SIZE} of" not in page_text(page)
    further = mother.get(f"/guardian/{ada.pk}/leave/", {"after": page.context["keyset"].next})
    assert f"Reason {PAGE_SIZE} of" in page_text(further)


def test_an_attachment_is_checked_and_stored(mother: Any, ada: Guardian) -> None:
    bad = SimpleUploadedFile("note.pdf", b"MZ not a pdf", "application/pdf")
    assert ask(mother, ada, attachment=bad).status_code == 200
    assert not Leave.objects.exists()
    good = SimpleUploadedFile("note.pdf", PDF, "application/pdf")
    assert ask(mother, ada, attachment=good).status_code == 302
    file = LeaveFile.objects.get()
    assert (file.by, str(file)) == (None, "note.pdf")


def test_only_who_asked_withdraws(mother: Any, ada: Guardian, dina: User, account: GuardianAccount) -> None:
    ask(mother, ada)
    leave = Leave.objects.get()
    with pytest.raises(Conflict):
        withdraw_leave(leave=leave, by=dina)
    father = create_guardian(dina, relation="father", e_mail="dad@wonderland.example")
    dad = guardian_client(create_account(father, name="dad"))
    assert dad.post(f"/guardian/{father.pk}/leave/{leave.pk}/withdraw/").status_code == 404
    mother.post(f"/guardian/{ada.pk}/leave/{leave.pk}/withdraw/")
    leave.refresh_from_db()
    assert leave.state == Leave.State.WITHDRAWN
    assert not leave.is_revoked
    own = request_leave(
        person=dina,
        periods=[(timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=4))],
        kind="other",
        reason="Trip",
        by=dina,
    )[0]
    assert mother.post(f"/guardian/{ada.pk}/leave/{own.pk}/withdraw/").status_code == 404


@pytest.fixture
def withdrawn(mother: Any, ada: Guardian, settings: Any) -> Leave:
    """A request that the mother has withdrawn; the message with Undo is on her next page."""
    settings.UNDO_S = 10
    ask(mother, ada)
    mother.get(f"/guardian/{ada.pk}/leave/")  # the message about the request
    leave = Leave.objects.get()
    mother.post(f"/guardian/{ada.pk}/leave/{leave.pk}/withdraw/")
    return leave


def state_of(leave: Leave) -> str:
    return Leave.objects.get(pk=leave.pk).state


def test_a_withdrawn_request_waits_again_after_undo_and_nobody_is_notified(
    mother: Any, ada: Guardian, withdrawn: Leave
) -> None:
    page, notified = f"/guardian/{ada.pk}/leave/", Notification.objects.count()
    assert mother.get(f"{page}{withdrawn.pk}/withdraw/").status_code == 405, "it asks nothing"
    assert state_of(withdrawn) == "withdrawn"
    answer, ticket = press_undo(mother, page, UNDO)
    assert (answer["Location"], state_of(withdrawn)) == (page, "requested")
    entry = AuditEntry.objects.get(action="leave.restore")
    assert (entry.actor, entry.actor_label) == (None, f"guardian {ada.account_id}")
    text = page_text(mother.get(page))
    assert "Taken back." in text
    assert "iclass" not in text.partition("Taken back.")[2].partition("</p>")[0]
    mother.post(UNDO, {"ticket": ticket, "next": page})
    assert page_says(mother.get(page), "changed this leave since")
    assert Notification.objects.count() == notified


def test_undo_is_for_the_guardian_who_withdrew_alone(
    mother: Any, ada: Guardian, withdrawn: Leave, dina: User, alice: User
) -> None:
    form = {"ticket": ticket_on(mother, f"/guardian/{ada.pk}/leave/", UNDO)}
    father = create_guardian(dina, relation="father", e_mail="dad@wonderland.example")
    dad = guardian_client(create_account(father, name="dad"))
    dad.post(UNDO, form)
    assert page_says(dad.get(f"/guardian/{father.pk}/leave/"), "This cannot be taken back.")
    for user in (alice, dina):
        client_for(user).post("/undo/", form)
        client_for(user).post(UNDO, form)
    mother.post("/undo/", form)
    assert state_of(withdrawn) == "withdrawn"
    Guardian.objects.filter(pk=ada.pk).update(told_leave=False)
    assert mother.post(UNDO, form)["Location"] == "/guardian/"
    assert state_of(withdrawn) == "withdrawn", "the right is checked again"
    Guardian.objects.filter(pk=ada.pk).update(told_leave=True)
    mother.post(UNDO, form)
    assert state_of(withdrawn) == "requested"


def test_a_ticket_of_a_user_is_worth_nothing_to_the_guardian_of_the_same_key(
    account: GuardianAccount, dina: User, settings: Any
) -> None:
    settings.UNDO_S = 10
    GuardianAccount.objects.update(id=dina.pk)
    Guardian.objects.update(account=dina.pk)
    account.pk = dina.pk
    period = timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=4)
    leave = request_leave(person=dina, periods=[period], kind="other", reason="Trip", by=dina)[0]
    browser = client_for(dina)
    browser.post(f"/leave/{leave.pk}/withdraw/")
    ticket = ticket_on(browser, f"/leave/{leave.pk}/")
    guardian_client(account).post(UNDO, {"ticket": ticket})
    assert state_of(leave) == "withdrawn"


def test_an_answered_request_is_not_withdrawn(mother: Any, ada: Guardian, alice: User) -> None:
    ask(mother, ada)
    leave = Leave.objects.get()
    answer_leave(leave=leave, approved=True, text="", by=alice)
    mother.post(f"/guardian/{ada.pk}/leave/{leave.pk}/withdraw/")
    leave.refresh_from_db()
    assert leave.state == Leave.State.APPROVED


def test_the_relation_stays_when_the_guardian_is_deleted(mother: Any, ada: Guardian, alice: User) -> None:
    ask(mother, ada)
    ada.delete()
    leave = Leave.objects.get()
    assert (leave.guardian, leave.guardian_relation) == (None, "mother")
    assert page_says(client_for(alice).get(f"/leave/{leave.pk}/"), "Requested by")


def test_pages_are_in_the_language_of_the_guardian_and_not_cached(
    account: GuardianAccount, ada: Guardian
) -> None:
    GuardianAccount.objects.update(language="zh-hans")
    answer = guardian_client(account).get(f"/guardian/{ada.pk}/leave/")
    assert 'lang="zh-hans"' in page_text(answer)
    assert "no-store" in answer["Cache-Control"]
