"""The pages of a lesson's door, against the local service: each act is confirmed, sent once, and told."""

import re

import pytest

from classes.models import Entry
from console.outbox import relay
from tests.classes.lessons.test_entries import inside, sent
from tests.classes.lessons.test_entries import running as held_at_the_service
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(connected, alice, bob, iclass):
    """A public lesson of Bob's that runs."""
    return held_at_the_service(alice, bob, class_type="public")


def test_somebody_is_put_in_with_devices_and_taken_out_again(browse, room, alice, bob, iclass):
    page = page_text(browse(alice, f"/lessons/{room.pk}/enter-for/"))
    assert "Let someone into the room?" in page
    form = {"person": "bob", "password": "", "devices": ["camera", "mic"]}
    answer = browse(alice, f"/lessons/{room.pk}/enter-for/", post=form)
    assert answer.url == f"/lessons/{room.pk}/access/"
    assert 'data-live="2"' in page_text(browse(alice, answer.url))
    relay.drain()
    assert 'data-live="2"' not in page_text(browse(alice, answer.url))
    assert "bob" in inside(iclass, room)
    body = sent(iclass, "member/join", room)[-1]
    assert (body["camera"], body["mic"], body["speaker"]) == (1, 1, 0)
    page = page_text(browse(alice, f"/lessons/{room.pk}/access/"))
    assert "let into the room" in page
    assert "teacher" in page
    browse(alice, f"/lessons/{room.pk}/take-out/", post={"person": "bob"})
    relay.drain()
    assert "bob" not in inside(iclass, room)


def test_the_states_that_iclass_told_are_shown_and_an_unknown_one_is_not_off(browse, room, alice, bob):
    entry = Entry.objects.create(enterprise=room.enterprise, lesson=room, person=bob, act="join")
    Entry.objects.filter(pk=entry.pk).update(observed={"role": "teacher", "camera": 1, "mic": 0})
    page = page_text(browse(alice, f"/lessons/{room.pk}/access/"))
    assert "camera: on" in page
    assert "microphone: off" in page
    assert "speaker:" not in page
    assert "last time in this lesson:" in page


def test_a_visitors_pass_is_shown_once(browse, room, alice, iclass):
    browse(alice, f"/lessons/{room.pk}/visitor-pass/", post={"nickname": "Hatter", "password": ""})
    relay.drain()
    entry = Entry.objects.get()
    assert f"/entries/{entry.pk}/pass/" in page_text(browse(alice, f"/lessons/{room.pk}/access/"))
    assert "It is shown only once." in page_text(browse(alice, f"/entries/{entry.pk}/pass/"))
    answer = browse(alice, f"/entries/{entry.pk}/pass/", post={})
    assert entry.remote_id in page_text(answer)
    assert "valid for 24 hours" in page_text(answer)
    assert "no-store" in answer["Cache-Control"]
    again = page_text(browse(alice, f"/entries/{entry.pk}/pass/", post={}))
    assert "There is no pass to show" in again
    assert not re.search(r'id="pass-token"', again)
    assert "The pass has been shown." in page_text(browse(alice, f"/lessons/{room.pk}/access/"))


def test_the_password_that_was_typed_is_not_written_back(browse, room, alice):
    form = {"person": "nobody", "password": "mad-tea-1865"}
    assert "mad-tea" not in page_text(browse(alice, f"/lessons/{room.pk}/enter-for/", post=form))


def test_a_supervisor_another_school_and_students_do_not_come_to_the_door(browse, room, sue, charlie, kids):
    for path in ("access", "enter-for", "take-out", "visitor-pass"):
        assert browse(sue, f"/lessons/{room.pk}/{path}/").status_code == 403
        assert browse(charlie, f"/lessons/{room.pk}/{path}/").status_code == 404
        assert browse(kids[0], f"/lessons/{room.pk}/{path}/").status_code == 403
    assert "/access/" not in page_text(browse(sue, f"/lessons/{room.pk}/"))
