"""Two people at the courseware of one lesson at once."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from classes.courseware.attachments import (
    attach_document,
    detach_document,
    list_attached_documents,
    move_attachment,
)
from classes.models import Attachment, Lesson
from console.audit.models import AuditEntry
from documents.models import Document
from documents.services import delete_document
from documents.upload_services import complete_replacement
from tests.classes.courseware.test_courseware import deck
from tests.classes.factories import create_planned_lesson
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lesson(bob: User) -> Lesson:
    return create_planned_lesson(bob)


@pytest.fixture
def decks(bob: User) -> list[Document]:
    return [deck(bob, name) for name in "abc"]


def test_what_two_attach_stands_in_one_order(lesson: Lesson, bob: User, decks: list[Document]) -> None:
    outcomes = call_concurrently(
        *(lambda d=d: attach_document(owner=lesson, document=d, by=bob) for d in [*decks, decks[0]])
    )
    assert [one.error for one in outcomes] == [None] * 4
    assert sorted(lesson.attachments.values_list("place", flat=True)) == [0, 1, 2]


def test_one_that_is_taken_out_meanwhile_cannot_be_moved_and_is_taken_out_once(
    lesson: Lesson, bob: User, decks: list[Document]
) -> None:
    made = [attach_document(owner=lesson, document=one, by=bob) for one in decks]

    def late(act: Any, **more: Any) -> Any:
        return lambda: act(owner=lesson, attachment=made[0], by=bob, **more)

    second = call_while_other_waits(late(detach_document), late(move_attachment, up=False))
    assert isinstance(second.error, ValidationError)
    told = AuditEntry.objects.filter(action="lesson.attach").count()
    detach_document(owner=lesson, attachment=Attachment(pk=made[0].pk, document=decks[0]), by=bob)
    assert AuditEntry.objects.filter(action="lesson.attach").count() == told
    assert [one.document.name for one in list_attached_documents(lesson)] == ["b", "c"]


def test_a_document_that_is_deleted_meanwhile_is_not_attached(
    lesson: Lesson, bob: User, decks: list[Document]
) -> None:
    old = decks[0]
    second = call_while_other_waits(
        lambda: delete_document(document=Document.objects.get(pk=old.pk), by=bob),
        lambda: attach_document(owner=lesson, document=old, by=bob),
    )
    assert isinstance(second.error, ValidationError)
    assert not lesson.attachments.exists()


def test_putting_in_order_and_adding_anew_at_once_keep_all(
    lesson: Lesson, bob: User, decks: list[Document]
) -> None:
    made = [attach_document(owner=lesson, document=one, by=bob) for one in decks[:2]]
    for _ in range(3):
        outcomes = call_concurrently(
            lambda: move_attachment(owner=lesson, attachment=made[1], up=True, by=bob),
            lambda: move_attachment(owner=lesson, attachment=made[0], up=True, by=bob),
        )
        assert [one.error for one in outcomes] == [None, None]
    outcomes = call_concurrently(
        lambda: move_attachment(owner=lesson, attachment=made[1], up=True, by=bob),
        lambda: complete_replacement(old=decks[0], new=decks[2], by=bob),
    )
    assert [one.error for one in outcomes] == [None, None]
    assert {one.document.name for one in list_attached_documents(lesson)} == {"b", "c"}
