"""After the database was put back from a backup: what waits in it may have been sent since."""

import secrets

import pytest
from django.core.management import CommandError, call_command

from accounts.people.services import edit_person, register_person
from classes.models import Lesson
from console.mirror import backup_restore
from console.outbox import relay
from console.outbox.models import Gate, Operation
from console.outbox.states import OperationState
from tests.support.iclass_service import create_class_remotely, create_lesson, effects_of

pytestmark = pytest.mark.django_db(transaction=True)


def restored(school):
    call_command("reconcile", "--after-restore", "--enterprise", str(school.sdkappid))


def test_a_lesson_that_was_made_since_the_backup_is_taken_up_and_not_made_again(
    connected, alice, bob, iclass, capsys
):
    waiting = create_lesson(bob, alice)
    class_id = create_class_remotely(iclass, waiting)
    restored(connected)
    relay.drain()
    waiting.refresh_from_db()
    assert waiting.remote_id == str(class_id)
    assert Lesson.objects.filter(topic=waiting.topic).count() == 1
    assert "lessons:" in capsys.readouterr().out


def test_one_that_was_not_made_is_made_now(connected, alice, bob, iclass):
    waiting = create_lesson(bob, alice)
    restored(connected)
    relay.drain()
    waiting.refresh_from_db()
    assert waiting.remote_id
    assert len(effects_of(iclass, "class/create", topic=waiting.topic)) <= 1
    assert Operation.objects.get(subject_id=waiting.pk, kind="class.create").state == OperationState.DONE


def test_a_lesson_that_the_backup_does_not_know_is_adopted_once(connected, alice, bob, iclass):
    forgotten = create_lesson(bob, alice)
    relay.drain()
    class_id = Lesson.objects.get(pk=forgotten.pk).remote_id
    Operation.objects.filter(subject_id=forgotten.pk).delete()
    Lesson.objects.filter(pk=forgotten.pk).delete()
    restored(connected)
    restored(connected)
    assert Lesson.objects.get(remote_id=class_id).made_outside


def test_nothing_is_sent_meanwhile_and_what_is_asked_for_is_held(connected, alice, bob, iclass):
    before = create_lesson(bob, alice)
    backup_restore.hold_operations(connected)
    meanwhile = create_lesson(bob, alice)
    relay.drain()
    states = Operation.objects.filter(subject_id__in=[before.pk, meanwhile.pk], kind="class.create")
    assert set(states.values_list("state", "reason")) == {("held", "after_restore")}
    restored(connected)
    relay.drain()
    assert set(states.values_list("state", flat=True)) == {"done"}
    assert Gate.objects.get(enterprise=connected).held_for == []


def test_a_school_that_could_not_be_compared_stays_held(connected, alice, bob, settings):
    waiting = create_lesson(bob, alice)
    url, settings.ICLASS_BASE_URL = settings.ICLASS_BASE_URL, "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="Until then nothing is sent"):
        restored(connected)
    settings.ICLASS_BASE_URL = url
    relay.drain()
    waiting.refresh_from_db()
    assert (waiting.remote_id, waiting.sync_reason) == ("", "after_restore")


def test_a_change_that_would_undo_a_later_one_waits_for_a_person(connected, alice, iclass):
    """The backup wants Mouse to be Dormouse; since then somebody made her Duchess at the service."""
    user_id = f"mouse.{secrets.token_hex(4)}"
    mouse = register_person(enterprise=connected, by=alice, user_id=user_id, nickname="Mouse", role="student")
    relay.drain()
    mouse.refresh_from_db()
    edit_person(person=mouse, by=alice, nickname="Dormouse")
    iclass.call("user/profile/modify", {"user_id": user_id, "nickname": "Duchess"})
    restored(connected)
    relay.drain()
    waiting = Operation.objects.get(subject_id=mouse.pk, kind="user.modify")
    assert (waiting.state, waiting.reason) == (OperationState.NEEDS_YOU, "changed_since_backup")
    assert iclass.call("user/info", {"user_id": user_id})["user_info"]["nickname"] == "Duchess"


def test_a_change_that_had_arrived_is_done_without_being_sent(connected, alice, iclass):
    user_id = f"mouse.{secrets.token_hex(4)}"
    mouse = register_person(enterprise=connected, by=alice, user_id=user_id, nickname="Mouse", role="student")
    relay.drain()
    mouse.refresh_from_db()
    edit_person(person=mouse, by=alice, nickname="Dormouse")
    iclass.call("user/profile/modify", {"user_id": user_id, "nickname": "Dormouse"})
    sent = len(effects_of(iclass, "user/profile/modify"))
    restored(connected)
    relay.drain()
    assert Operation.objects.get(subject_id=mouse.pk, kind="user.modify").state == OperationState.DONE
    assert len(effects_of(iclass, "user/profile/modify")) == sent


def test_a_change_whose_row_nobody_touched_goes_out(connected, alice, iclass):
    user_id = f"mouse.{secrets.token_hex(4)}"
    mouse = register_person(enterprise=connected, by=alice, user_id=user_id, nickname="Mouse", role="student")
    relay.drain()
    mouse.refresh_from_db()
    edit_person(person=mouse, by=alice, nickname="Dormouse")
    restored(connected)
    relay.drain()
    assert iclass.call("user/info", {"user_id": user_id})["user_info"]["nickname"] == "Dormouse"
