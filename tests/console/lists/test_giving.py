"""A row of Today is given to another person of the office: first on theirs, named on that of the others."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.erasure import erase_person
from classes.attendance.leave import request_leave
from classes.models import Alarm
from console.audit.models import AuditEntry
from console.lists.giving import KEPT_DAYS, give
from console.lists.models import WaitingMark
from console.notifications.models import Notification
from console.ui.waiting import RowName
from tests.classes.factories import (
    create_planned_lesson,
    create_refused_operation,
    create_running_lesson,
    create_students,
)
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import client_for, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def amy(school: Enterprise) -> User:
    """The other administrator of the school."""
    return create_person(school, "amy", Role.ADMIN)


@pytest.fixture
def alarm(school: Enterprise, bob: User) -> Alarm:
    """Of a lesson of Bob's."""
    lesson = create_running_lesson(bob, topic="Sums")
    return Alarm.objects.create(enterprise=school, lesson=lesson, kind="ghost")


def name_of(alarm: Alarm) -> str:
    return f"alarms-alarm-{alarm.pk}"


def give_to(person: User, alarm: Alarm, by: User) -> Any:
    address = f"/today/give/?row={name_of(alarm)}"
    return client_for(by).post(address, {"person": person.user_id}, follow=True)


def given_rows(reader: User) -> list[str]:
    """The rows at the top of the reader's Today, as text."""
    page = page_text(client_for(reader).get("/"))
    if 'id="given"' not in page:
        return []
    part = page.split('id="given"')[1].split("</ul>")[0].split("<li")[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", f"<li{row}").split()) for row in part]


def test_a_row_stands_first_with_whom_it_is_given_to_and_is_named_with_the_others(
    alice: User, amy: User, bob: User, alarm: Alarm
) -> None:
    page = page_text(client_for(alice).get(f"/today/give/?row={name_of(alarm)}"))
    assert '<span class="picker-name">Amy</span> <small>amy · administrator</small>' in page
    answer = give_to(bob, alarm, alice)
    assert answer.redirect_chain == [("/", 302)]
    assert "Given to Bob" in page_text(answer)
    (row,) = given_rows(bob)
    assert row.startswith("Sums ")
    assert "Given to you by Alice" in row
    page = page_text(client_for(bob).get("/"))
    assert page.index('id="given"') < page.index('id="waits-alarms"')
    assert page.count(f'id="more-{name_of(alarm)}"') == 1, "it does not stand there twice"
    assert "1 open alarm" in page
    for other in (alice, amy):
        assert given_rows(other) == []
        assert "Given to Bob" in page_text(client_for(other).get("/")).split('id="waits-alarms"')[1]


def test_whom_a_row_concerns_is_offered_first(
    alice: User, amy: User, bob: User, school: Enterprise, alarm: Alarm
) -> None:
    create_person(school, "aaron", Role.TEACHER)
    kid = create_students(school, 1, "Year 7")[0]
    dina = create_person(school, "dina", Role.TEACHER)
    put_in_charge(StudentGroup.objects.get(), dina)
    begins = timezone.now() + timedelta(days=1)
    (leave,) = request_leave(
        person=kid, periods=[(begins, begins + timedelta(hours=4))], kind="sick", reason="Measles", by=kid
    )
    for name, people in (
        (name_of(alarm), ["bob", "amy", "aaron", "dina"]),
        (f"leave-leave-{leave.pk}", ["dina", "amy", "aaron", "bob"]),
    ):
        page = page_text(client_for(alice).get(f"/today/give/?row={name}"))
        assert re.findall(r'name="person" value="(\w+)"', page) == people


def test_whom_it_is_given_to_gets_a_notice_and_the_trail_an_entry(
    alice: User, amy: User, bob: User, alarm: Alarm
) -> None:
    give_to(bob, alarm, alice)
    give_to(amy, alarm, alice)
    assert {one.person: one.kind for one in Notification.objects.all()} == {
        bob: "waiting.given",
        amy: "waiting.given",
    }
    notices = page_text(client_for(bob).get("/notices/"))
    assert "Alice gave you something to do" in notices
    entries = AuditEntry.objects.filter(action="waiting.give", actor=alice, object_id=alarm.pk).order_by("id")
    assert [(one.before, one.after) for one in entries] == [
        (None, {"person": "bob"}),
        ({"person": "bob"}, {"person": "amy"}),
    ]


def test_it_is_given_to_one_person_at_a_time_and_taken_back(
    alice: User, amy: User, bob: User, alarm: Alarm
) -> None:
    give_to(bob, alarm, alice)
    give_to(amy, alarm, alice)
    assert (given_rows(bob), len(given_rows(amy))) == ([], 1)
    client = client_for(alice)
    answer = client.post("/today/take-back/", {"row": name_of(alarm), "next": "/"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Taken back." in page_text(answer)
    assert given_rows(amy) == []
    assert not WaitingMark.objects.exists()
    assert AuditEntry.objects.filter(action="waiting.take_back").count() == 1
    assert "Nobody has it any more." in page_text(
        client.post("/today/take-back/", {"row": name_of(alarm)}, follow=True)
    )


def test_what_is_settled_is_given_to_nobody_any_more(alice: User, bob: User, alarm: Alarm) -> None:
    give_to(bob, alarm, alice)
    Alarm.objects.filter(pk=alarm.pk).update(acknowledged_at=timezone.now(), acknowledged_by=bob)
    assert given_rows(bob) == []
    assert "Given to Bob" not in page_text(client_for(alice).get("/"))


def test_what_is_given_can_be_put_off_by_whom_it_is_given_to_alone(
    alice: User, bob: User, alarm: Alarm
) -> None:
    give_to(bob, alarm, alice)
    client = client_for(bob)
    client.post("/today/later/", {"row": name_of(alarm), "until": "tomorrow"})
    assert given_rows(bob) == []
    assert "Given to Bob" in page_text(client_for(alice).get("/"))
    client.post("/today/later/", {"row": name_of(alarm)})
    assert len(given_rows(bob)) == 1
    client.post("/today/later/", {"row": name_of(alarm), "until": "tomorrow"})
    client_for(alice).post("/today/take-back/", {"row": name_of(alarm)})
    assert "1 put off" in page_text(client.get("/")), "it stays put off"


def test_it_is_given_only_to_those_of_the_school_for_whom_it_waits(
    alice: User, bob: User, tom: User, dina: User, charlie: User, alarm: Alarm
) -> None:
    assert "cannot settle it" in page_text(give_to(tom, alarm, alice))
    for person in (dina, charlie, alice):
        assert "Choose an administrator or a teacher of your school." in page_text(
            give_to(person, alarm, alice)
        )
    assert "Choose a person." in page_text(
        client_for(alice).post(f"/today/give/?row={name_of(alarm)}", {"person": ""})
    )
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert "Choose an administrator" in page_text(give_to(bob, alarm, alice))
    assert not WaitingMark.objects.exists()
    name = RowName("alarms", "alarm", alarm.pk)
    with pytest.raises(ValidationError):
        give(name=name, row=alarm, to=charlie, by=alice)


def test_only_administrators_give_and_take_back(
    alice: User, bob: User, tom: User, charlie: User, sue: User, alarm: Alarm
) -> None:
    give_to(bob, alarm, alice)
    page = page_text(client_for(bob).get("/"))
    assert "/today/give/" not in page
    assert "/today/take-back/" not in page
    for reader, status in ((bob, 403), (tom, 403), (sue, 403), (charlie, 404)):
        client = client_for(reader)
        assert client.get(f"/today/give/?row={name_of(alarm)}").status_code == status
        assert client.post(f"/today/give/?row={name_of(alarm)}", {"person": "tom"}).status_code == status
        assert client.post("/today/take-back/", {"row": name_of(alarm)}).status_code == status
    assert WaitingMark.objects.get().user == bob


def test_an_operation_is_given_too(alice: User, amy: User, bob: User) -> None:
    operation = create_refused_operation(create_planned_lesson(bob))
    address = f"/today/give/?row=operations-operation-{operation.pk}"
    assert client_for(alice).get(address).status_code == 200
    client_for(alice).post(address, {"person": "amy"})
    assert len(given_rows(amy)) == 1


def test_who_has_it_is_forgotten_after_a_quarter(alice: User, amy: User, bob: User, alarm: Alarm) -> None:
    give_to(bob, alarm, alice)
    WaitingMark.objects.update(created_at=timezone.now() - timedelta(days=KEPT_DAYS + 1))
    lesson = create_running_lesson(bob)
    give_to(bob, Alarm.objects.create(enterprise=alarm.enterprise, lesson=lesson, kind="ghost"), alice)
    assert WaitingMark.objects.count() == 1


@pytest.mark.parametrize("erased", ["bob", "amy"])
def test_erasing_one_of_both_forgets_it(alice: User, amy: User, bob: User, alarm: Alarm, erased: str) -> None:
    give(name=RowName("alarms", "alarm", alarm.pk), row=alarm, to=bob, by=amy)
    erase_person(person=User.objects.get(user_id=erased), by=alice, reason="asked for it")
    assert not WaitingMark.objects.exists()
    assert not Notification.objects.filter(kind="waiting.given").exists()


def test_it_is_said_in_chinese(alice: User, bob: User, alarm: Alarm) -> None:
    give_to(bob, alarm, alice)
    page = page_text(client_for(bob, "zh-hans").get("/"))
    assert "1 条转交给您" in page
    assert "Alice 转交给您" in page
    assert "已转交给 Bob" in page_text(client_for(alice, "zh-hans").get("/"))
