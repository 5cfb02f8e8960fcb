"""A second copy of a thing of ours, made when an answer was lost: marked, decided by a person, and gone."""

import secrets

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.lessons.services import cancel_lesson, edit_lesson
from classes.models import Lesson
from console.mirror import registry
from console.mirror.differences import differences_of
from console.mirror.registry import mirrored_model_of
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.states import OperationState, SyncState
from documents.models import Document
from documents.services import add_document
from tests.support.iclass_service import create_lesson, effects_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lagging(connected, iclass):
    """A service whose lists show new things late."""
    iclass.control("knobs", {"list_lag_s": 3600})
    yield iclass
    iclass.control("knobs", {"list_lag_s": None})


@pytest.fixture
def twice(connected, alice, bob, lagging):
    """A lesson that was made twice: the first answer was lost, and the list did not show it in time."""
    lagging.control("faults", {"arm": {"kind": "drop_after", "match": "class/create"}})
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert len(effects_of(lagging, "class/create", topic=lesson.topic)) == 2
    return lesson


def reconcile(school, iclass):
    iclass.control("knobs", {"list_lag_s": None})
    return registry.reconcile(school)


def copy_of(lesson):
    return Lesson.objects.get(double_of=lesson)


def test_a_second_copy_is_marked_within_one_cycle(twice, connected, iclass):
    reconcile(connected, iclass)
    copy = copy_of(twice)
    assert copy.topic == twice.topic
    assert copy.remote_id not in ("", twice.remote_id)
    assert (copy.sync_state, copy.sync_reason) == (SyncState.CHANGED_OUTSIDE, "possible_double")
    assert differences_of(copy) == {"copy_of": ("", twice.remote_id)}
    assert str(copy.sync_reason_text.next)
    twice.refresh_from_db()
    assert twice.sync_state == SyncState.IN_SYNC


def test_the_mark_stays_over_further_looks_and_writes_nothing(twice, connected, iclass):
    reconcile(connected, iclass)
    before = Lesson.objects.values().get(pk=copy_of(twice).pk)
    registry.reconcile(connected)
    Lesson.objects.filter(pk=before["id"]).update(look_at=timezone.now())
    registry.poll_due_rows()
    after = Lesson.objects.values().get(pk=before["id"])
    for name in ("sync_state", "sync_reason", "observed", "double_of_id"):
        assert after[name] == before[name]


def test_ours_sent_there_deletes_the_copy_and_nothing_else(twice, connected, alice, iclass):
    reconcile(connected, iclass)
    copy = copy_of(twice)
    operation = mirrored_model_of(copy).push(copy, ["copy_of"], alice)
    relay.drain()
    operation.refresh_from_db()
    assert (operation.kind, operation.state) == ("class.delete", OperationState.DONE)
    assert iclass.call("class/info", {"class_id": copy.class_id})["error_code"] == 10230
    assert iclass.call("class/info", {"class_id": twice.class_id})["error_code"] == 0


def test_who_wants_both_takes_theirs(twice, connected, alice, iclass):
    reconcile(connected, iclass)
    copy = copy_of(twice)
    mirrored_model_of(copy).apply_remote(copy, ["copy_of"], alice)
    copy.refresh_from_db()
    assert (copy.double_of, copy.sync_state, copy.sync_reason) == (None, SyncState.IN_SYNC, "")
    registry.reconcile(connected)
    copy.refresh_from_db()
    assert copy.sync_state == SyncState.IN_SYNC


def test_where_the_original_is_cancelled_the_copy_is_the_lesson(twice, connected, alice, iclass):
    reconcile(connected, iclass)
    copy = copy_of(twice)
    cancel_lesson(lesson=twice, by=alice)
    relay.drain()
    registry.reconcile(connected)
    copy.refresh_from_db()
    assert (copy.double_of, copy.sync_state) == (None, SyncState.IN_SYNC)


def test_a_copy_of_a_lesson_that_was_edited_since_is_marked_too(twice, connected, alice, iclass):
    twice = edit_lesson(lesson=twice, by=alice, topic=f"Cricket {secrets.token_hex(4)}")
    relay.drain()
    reconcile(connected, iclass)
    assert copy_of(twice).topic != twice.topic


def test_a_lesson_that_somebody_else_made_is_no_copy(connected, bob, alice, iclass):
    lesson = create_lesson(bob, alice)
    relay.drain()
    info = iclass.call("class/info", {"class_id": Lesson.objects.get(pk=lesson.pk).class_id})
    names = ("teacher_id", "class_topic", "class_type", "start_time")
    other = {name: info[name] for name in names} | {"stop_time": info["stop_time"] + 60}
    sig = connected.build_user_sig("administrator")
    made = iclass.call("class/create", other | {"admin_id": "administrator", "admin_sig": sig})
    registry.reconcile(connected)
    outside = Lesson.objects.get(remote_id=str(made["class_id"]))
    assert (outside.made_outside, outside.double_of, outside.sync_state) == (True, None, SyncState.IN_SYNC)


def test_the_home_page_and_the_list_of_lessons_show_copies(twice, connected, alice, iclass, client):
    reconcile(connected, iclass)
    client.force_login(alice)
    listed = client.get(reverse("classes:lessons") + "?need=double", headers={"accept-language": "en"})
    shown = listed.content.decode()
    assert reverse("classes:lesson", args=[copy_of(twice).pk]) in shown
    assert reverse("classes:lesson", args=[twice.pk]) not in shown
    home = client.get(reverse("classes:home"), headers={"accept-language": "en"})
    assert "need=double" in home.content.decode()


def test_a_second_copy_of_a_document_is_marked(connected, bob, alice, lagging):
    lagging.control("faults", {"arm": {"kind": "cut", "match": "document/add"}})
    token = secrets.token_hex(16)
    document = add_document(
        enterprise=connected, name=token, ext="pdf", url=f"https://files.example/{token}", owner=bob, by=bob
    )
    relay.drain()
    assert len(effects_of(lagging, "document/add", name=token)) == 2
    reconcile(connected, lagging)
    document.refresh_from_db()
    copy = Document.objects.get(double_of=document)
    assert (copy.sync_state, copy.sync_reason) == (SyncState.CHANGED_OUTSIDE, "possible_double")
    assert differences_of(copy) == {"copy_of": ("", document.remote_id)}
    mirrored_model_of(copy).apply_remote(copy, ["copy_of"], alice)
    copy.refresh_from_db()
    assert (copy.double_of, copy.sync_state) == (None, SyncState.IN_SYNC)
    assert Operation.objects.filter(subject_id=copy.pk, subject_type="documents.document").count() == 0
