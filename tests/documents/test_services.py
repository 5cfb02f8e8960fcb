"""Documents added, deleted and sent again: what is refused before anything is sent, and what is on record."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation

from accounts.people.services import register_person
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from console.outbox.states import OperationState
from documents.models import Document
from documents.queries import documents_for
from documents.services import add_document, delete_document, pull_document, push_document

pytestmark = pytest.mark.django_db

PLAN = {"name": "Tea party", "ext": "pdf", "url": "https://files.example/tea.pdf", "md5": "A" * 32, "size": 9}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def tea(school, bob):
    return add_document(enterprise=school, owner=bob, by=bob, **PLAN)


def operations(document):
    return list(
        Operation.objects.filter(subject_type="documents.document", subject_id=document.pk)
        .order_by("id")
        .values_list("kind", "state")
    )


def test_an_added_document_owes_the_service_one_add_and_stands_on_record(tea, bob):
    assert operations(tea) == [("document.add", OperationState.READY)]
    assert (tea.md5, tea.permission, tea.transcode_wanted) == ("a" * 32, "private", False)
    entry = AuditEntry.objects.get(action="document.add")
    assert (entry.actor, entry.after["name"]) == (bob, "Tea party")


@pytest.mark.parametrize(("name", "ext"), [("Tea party.pdf", ".PDF"), (" Tea party ", "pdf")])
def test_the_ending_stands_in_one_place_without_its_dot(school, bob, name, ext):
    document = add_document(enterprise=school, owner=bob, by=bob, **PLAN | {"name": name, "ext": ext})
    assert (document.name, document.ext) == ("Tea party", "pdf")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"owner": None}, "owner"),
        ({"name": ""}, "name"),
        ({"ext": "presentation1"}, "ext"),
        ({"url": ""}, "source_url"),
        ({"url": "ftp://files.example/tea.pdf"}, "source_url"),
        ({"md5": "12"}, "md5"),
        ({"permission": "friends"}, "permission"),
        ({"size": -1}, "bytes"),
    ],
)
def test_what_the_service_would_refuse_or_show_to_everybody_is_refused_at_its_field(
    school, bob, wrong, field
):
    with pytest.raises(ValidationError) as refused:
        add_document(**{"enterprise": school, "owner": bob, "by": bob, **PLAN, **wrong})
    assert list(refused.value.message_dict) == [field]
    assert not Document.objects.exists()
    assert not Operation.objects.exists()


def test_a_public_document_needs_no_owner(school, alice):
    document = add_document(enterprise=school, owner=None, permission="public", by=alice, **PLAN)
    assert operations(document) == [("document.add", OperationState.READY)]


def test_the_owner_is_of_the_same_school(school, charlie, alice):
    with pytest.raises(ValidationError, match="person of your school"):
        add_document(enterprise=school, owner=charlie, by=alice, **PLAN)


def test_an_add_waits_for_the_registering_of_its_owner(school, alice):
    dodo = register_person(enterprise=school, by=alice, user_id="dodo", nickname="Dodo", role="teacher")
    document = add_document(enterprise=school, owner=dodo, by=alice, **PLAN)
    add = Operation.objects.get(kind="document.add", subject_id=document.pk)
    assert [one.kind for one in add.waits_for.all()] == ["user.register"]


def test_adds_that_nothing_tells_apart_share_a_lane(school, bob, tea):
    twin = add_document(enterprise=school, owner=bob, by=bob, **PLAN)
    other = add_document(enterprise=school, owner=bob, by=bob, **PLAN | {"size": 10})
    lanes = {one.subject_id: one.lane for one in Operation.objects.filter(kind="document.add")}
    assert lanes[tea.pk] == lanes[twin.pk] != lanes[other.pk]
    assert len(lanes[tea.pk]) <= 200


def test_a_document_deleted_before_it_was_sent_never_leaves(tea, alice):
    delete_document(document=tea, by=alice)
    assert operations(tea) == [("document.add", OperationState.SUPERSEDED)]
    delete_document(document=tea, by=alice)
    assert AuditEntry.objects.filter(action="document.delete").count() == 1


def test_a_delete_waits_for_an_add_that_is_on_its_way(tea, alice):
    Operation.objects.filter(subject_id=tea.pk).update(state=OperationState.SENDING, attempts=1)
    delete_document(document=tea, by=alice)
    delete = Operation.objects.get(kind="document.delete")
    assert [one.kind for one in delete.waits_for.all()] == ["document.add"]


def test_a_deleted_document_is_in_no_list_and_its_row_stays(tea, alice, bob):
    assert list(documents_for(alice)) == [tea]
    delete_document(document=tea, by=alice)
    assert not documents_for(alice)
    assert Document.objects.get(pk=tea.pk).deleted_at


def test_documents_of_another_school_or_of_a_colleague_are_not_listed(tea, charlie, bob):
    assert not documents_for(charlie)
    assert list(documents_for(bob)) == [tea]


def test_sending_again_is_refused_where_it_would_make_a_second_one(tea, alice):
    assert push_document(document=tea, by=alice).kind == "document.add"
    assert len(operations(tea)) == 1
    for change, words in [
        ({"remote_id": "d1"}, "already has this courseware"),
        ({"source_url": ""}, "no link"),
        ({"deleted_at": tea.created_at}, "deleted"),
    ]:
        with transaction.atomic():
            Document.objects.filter(pk=tea.pk).update(**change)
            with pytest.raises(ValidationError, match=words):
                push_document(document=tea, by=alice)
            transaction.set_rollback(True)


def test_a_pull_waits_for_the_add(tea, alice):
    pull = pull_document(document=tea, by=alice)
    assert [one.kind for one in pull.waits_for.all()] == ["document.add"]
