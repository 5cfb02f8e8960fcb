"""Entries and exits that somebody with one captured signature calls back: they never change a mark.

Posted to the real address, taken in by the inbox, against the local service.
"""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import User
from accounts.people.services import register_person
from classes.attendance.callback_differences import MAX_SHOWN, undecided_differences
from classes.attendance.register import recompute_register
from classes.lessons.services import start_lesson, stop_lesson
from classes.models import Attendance, CallbackDifference, Lesson
from console.audit.models import AuditEntry
from console.inbox import processing
from console.inbox.models import Callback
from console.mirror import registry
from console.outbox import relay
from tests.classes.mirror.poll_helpers import join_remotely, poll_now
from tests.console.inbox.test_ingestion import address, post
from tests.support.iclass_service import create_lesson
from tests.support.page_client import client_for, page_says, page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running(connected, alice, bob, iclass):
    """Bob teaches; Mouse is in the room, Hare is not; it began twenty minutes ago."""
    students = [
        register_person(enterprise=connected, by=alice, user_id=name, nickname=name.title(), role="student")
        for name in ("mouse", "hare")
    ]
    lesson = create_lesson(bob, alice, students=students, starts_at=timezone.now())
    start_lesson(lesson=lesson, by=alice)
    relay.drain()
    lesson.refresh_from_db()
    join_remotely(iclass, lesson, "bob")
    join_remotely(iclass, lesson, "mouse")
    poll_now(lesson)
    yield lesson
    iclass.control("clock", {"reset": True})


def end(lesson, iclass):
    """The lesson is over, and its history was read twice."""
    iclass.control("clock", {"move": 2})  # a lesson of less than a second has no time that was taught
    stop_lesson(lesson=lesson, by=None, confirmed=True)
    relay.drain()
    poll_now(lesson)
    poll_now(lesson)
    assert lesson.final_at is not None


@pytest.fixture
def final(running, iclass):
    """Over: the register is final."""
    end(running, iclass)
    return running


class Attacker:
    """Has captured one signed address of the school, and sends what he likes to it."""

    def __init__(self, client, school):
        self.client, self.url = client, address(school)

    def send(self, lesson, event, user_id, moment):
        told = "join_time" if event == "join_class" else "quit_time"
        data = {"class_id": lesson.class_id, "user_id": user_id, told: int(moment.timestamp())}
        answer = post(self.client, self.url, {"event": event, "data": data})
        assert answer.json() == {"error_code": 0}

    def rewrite(self, lesson):
        """Hare was there all the time, Mouse left at once, and a stranger came."""
        began, ended = lesson.real_started_at, lesson.real_ended_at or timezone.now()
        self.send(lesson, "join_class", "hare", began - timedelta(seconds=60))
        self.send(lesson, "quit_class", "hare", ended)
        self.send(lesson, "quit_class", "mouse", began - timedelta(seconds=30))
        self.send(lesson, "join_class", "stranger", began)


@pytest.fixture
def attacker(client, connected):
    return Attacker(client, connected)


def register_of(lesson):
    names = ("user_id", "mark", "derived_mark", "present_seconds", "share", "first_entered_at", "evidence")
    rows = Attendance.objects.filter(lesson=lesson).order_by("user_id")
    return list(rows.values_list(*names, "last_left_at", "reason", "provisional"))


def take_in():
    """What the inbox does with all that came."""
    processing.process_due_callbacks()
    assert not Callback.objects.filter(state="waiting").exists()


def everything_due(school):
    """All the rest of what is due as well, and a comparison with the service."""
    call_command("sweep")
    registry.reconcile(school)
    take_in()


def test_callbacks_after_the_register_is_final_change_no_mark_and_are_listed(final, attacker, connected, bob):
    before = register_of(final)
    assert [(row[0], row[1]) for row in before] == [("bob", ""), ("hare", "absent"), ("mouse", "present")]
    attacker.rewrite(final)
    everything_due(connected)
    assert final.observations.filter(source="callback").count() == 4
    recompute_register(Lesson.objects.get(pk=final.pk))
    assert register_of(final) == before
    listed = undecided_differences(final).values_list("user_id", "entered")
    assert sorted(listed) == [("hare", False), ("hare", True), ("mouse", False), ("stranger", True)]


def test_the_register_shows_what_contradicts_it_and_somebody_decides(final, attacker, connected, bob, mouse):
    attacker.rewrite(final)
    take_in()
    page = f"/lessons/{final.pk}/attendance/"
    shown = page_text(client_for(bob).get(page))
    began = localtime(final.real_started_at - timedelta(seconds=60), connected.tz)
    assert "Messages from iclass contradict this register. The marks have not changed." in shown
    assert f"Hare joined at {began:%Y-%m-%d %H:%M:%S}. Neither the live list" in shown
    assert "contradict" not in page_text(client_for(mouse).get(page))
    assert (
        rest_client(bob).get(f"/api/v1/lessons/{final.pk}/attendance/differences/").json()[0]["user_id"]
        == "hare"
    )
    home = page_text(client_for(bob).get("/"))
    assert "1 register contradicted by messages from iclass" in home
    asked = client_for(bob).get(f"{page}differences/")
    assert "Hare joined at" in page_text(asked)
    shown = {"shown": asked.context["form"]["shown"].value()}
    assert client_for(mouse).post(f"{page}differences/", shown).status_code == 403
    assert client_for(bob).post(f"{page}differences/").status_code == 200, "it decides nothing unseen"
    assert undecided_differences(final).count() == 4
    assert client_for(bob).post(f"{page}differences/", shown).status_code == 302
    assert "contradict" not in page_text(client_for(bob).get(page))
    entry = AuditEntry.objects.get(action="attendance.differences")
    assert entry.actor == bob
    assert set(CallbackDifference.objects.values_list("decided_by", flat=True)) == {bob.pk}
    attacker.rewrite(final)
    take_in()
    assert not undecided_differences(final).exists(), "what was decided is not asked again"
    again = client_for(bob).post(f"{page}differences/", shown, follow=True)
    assert page_says(again, "Someone has already decided this.")


def test_a_message_that_arrives_after_the_page_was_drawn_stays_undecided(final, attacker, bob):
    path = f"/lessons/{final.pk}/attendance/differences/"
    attacker.send(final, "join_class", "stranger", final.real_started_at)
    take_in()
    shown = client_for(bob).get(path).context["form"]["shown"].value()
    attacker.send(final, "join_class", "hare", final.real_started_at)
    take_in()
    answer = client_for(bob).post(path, {"shown": shown}, follow=True)
    assert page_says(answer, "1 more entry was not on the page and stays open.")
    assert undecided_differences(final).get().user_id == "hare"


def test_what_the_page_has_no_room_for_stays_undecided(final, bob):
    path, at = f"/lessons/{final.pk}/attendance/differences/", final.real_started_at
    CallbackDifference.objects.bulk_create(
        CallbackDifference(lesson=final, user_id=f"guest{n}", entered=True, told_at=at + timedelta(seconds=n))
        for n in range(MAX_SHOWN + 2)
    )
    shown = client_for(bob).get(path).context["form"]["shown"].value()
    answer = client_for(bob).post(path, {"shown": shown}, follow=True)
    assert page_says(answer, "2 more entries were not on the page and stay open.")
    left = undecided_differences(final).values_list("user_id", flat=True)
    assert sorted(left) == [f"guest{MAX_SHOWN}", f"guest{MAX_SHOWN + 1}"]


def test_rest_decides_the_messages_that_it_names_of_this_lesson(final, attacker, bob, charlie):
    attacker.rewrite(final)
    take_in()
    path = f"/api/v1/lessons/{final.pk}/attendance/differences/"
    client = rest_client(bob)
    ids = [one["id"] for one in client.get(path).json()]
    assert rest_client(charlie).post(path, {"ids": ids}, format="json").status_code == 404
    assert client.post(path, {}, format="json").status_code == 400
    told = client.post(path, {"ids": [*ids[:3], 2**62]}, format="json").json()
    assert told == {"decided": 3, "open": 1}
    assert undecided_differences(final).get().pk == ids[3]


def test_rest_lists_the_messages_page_by_page(final, bob):
    at = final.real_started_at
    CallbackDifference.objects.bulk_create(
        CallbackDifference(lesson=final, user_id=f"guest{n}", entered=True, told_at=at) for n in range(3)
    )
    client, path = rest_client(bob), f"/api/v1/lessons/{final.pk}/attendance/differences/?page_size=2"
    first = client.get(path)
    assert [one["user_id"] for one in first.json()] == ["guest0", "guest1"]
    address, relation = first["Link"].split("; ")
    assert relation == 'rel="next"'
    last = client.get(address.strip("<>"))
    assert [one["user_id"] for one in last.json()] == ["guest2"]
    assert "Link" not in last


@pytest.fixture
def mouse(connected, running):
    """A student of the lesson, who sees the own row alone."""
    return User.objects.get(enterprise=connected, user_id="mouse")


def test_a_callback_that_says_what_the_register_knows_is_no_difference(final, attacker):
    mouse = Attendance.objects.get(lesson=final, user_id="mouse")
    attacker.send(final, "join_class", "mouse", mouse.first_entered_at)
    attacker.send(final, "quit_class", "mouse", mouse.last_left_at)
    take_in()
    assert not CallbackDifference.objects.exists()


def test_forged_before_the_history_settles_they_are_listed_once_it_has(running, attacker, iclass):
    attacker.rewrite(running)
    take_in()
    end(running, iclass)
    marks = dict(Attendance.objects.filter(lesson=running).values_list("user_id", "mark"))
    assert marks == {"bob": "", "hare": "absent", "mouse": "present"}
    assert undecided_differences(running).filter(user_id="hare").exists()


def test_while_the_lesson_runs_a_lone_callback_is_one_source_unconfirmed(running, attacker, bob):
    Lesson.objects.filter(pk=running.pk).update(rules={"late_after_s": 0})
    moment = timezone.now()
    attacker.send(running, "join_class", "hare", moment)
    # In the second of the entry no time has passed that could be unconfirmed.
    with time_machine.travel(moment + timedelta(seconds=2)):
        take_in()
        poll_now(running)
    path = f"/api/v1/lessons/{running.pk}/attendance/"
    hare = next(
        row
        for row in rest_client(bob).get(path, headers={"Accept-Language": "en"}).json()
        if row["user_id"] == "hare"
    )
    assert (hare["evidence"], hare["present_seconds"], hare["first_entered_at"]) == ("unconfirmed", 0, None)
    assert hare["mark"] in ("absent", "unknown")
    assert "One source, unconfirmed: only a message from iclass reports" in hare["reason"]
    chinese = rest_client(bob).get(path, headers={"Accept-Language": "zh-hans"}).json()
    assert any("一个来源，未经证实" in row["reason"] for row in chinese)


def test_a_poll_that_sees_the_person_confirms_the_callback(running, attacker, iclass, bob):
    join_remotely(iclass, running, "hare")
    attacker.send(running, "join_class", "hare", timezone.now())
    take_in()
    poll_now(running)
    hare = Attendance.objects.get(lesson=running, user_id="hare")
    assert hare.reason["unconfirmed"] == []
    assert hare.evidence != "unconfirmed"
    assert hare.first_entered_at is not None
