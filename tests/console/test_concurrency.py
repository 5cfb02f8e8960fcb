"""Two people at once: edits merge or tell what changed meanwhile; services are tried again, a bounded number
of times."""

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import RequestFactory
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from accounts.models import Enterprise, User
from console.concurrency import (
    LOCK_TRIES,
    DatabaseBusy,
    EditConflict,
    changed_fields,
    etag,
    lock_row,
    service,
    value_digests,
)
from console.error_views import ConflictPageMiddleware
from console.outbox.mirrored import UnsafeSave
from tests.support.concurrent_calls import call_concurrently
from tests.support.page_client import page_text

NAMES = ("nickname", "gender")


@pytest.mark.django_db
def test_edits_of_different_fields_merge(bob: User) -> None:
    seen = value_digests(bob, NAMES)
    bob.gender = User.Gender.MALE  # somebody else, meanwhile
    wished = {"nickname": "Robert", "gender": ""}
    assert changed_fields(bob, wished, seen) == {"nickname": "Robert"}


@pytest.mark.django_db
def test_the_second_who_changes_the_same_field_is_told_what_it_is_now(bob: User) -> None:
    seen = value_digests(bob, NAMES)
    bob.nickname = "Bobby"
    with pytest.raises(EditConflict) as told, translation.override("en"):
        changed_fields(bob, {"nickname": "Robert"}, seen)
    assert told.value.fields == {"nickname": "Bobby"}
    assert "“Bobby”" in told.value.message_dict["nickname"][0]


@pytest.mark.django_db
def test_two_who_wish_the_same_do_not_disturb_each_other(bob: User) -> None:
    seen = value_digests(bob, NAMES)
    bob.nickname = "Robert"
    assert changed_fields(bob, {"nickname": "Robert"}, seen) == {}


@pytest.mark.django_db
def test_an_entity_tag_follows_the_values(bob: User) -> None:
    before = etag(value_digests(bob, NAMES))
    assert before == etag(value_digests(bob, NAMES))
    bob.nickname = "Robert"
    assert etag(value_digests(bob, NAMES)) != before


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again_and_both_changes_hold(alice: User, bob: User) -> None:
    """PostgreSQL ends one side of a deadlock or both: whoever is tried again takes the rows in order."""
    met = threading.Barrier(2, timeout=30)
    tries: list[str] = []

    @service
    def rename(*, rows: list[int], name: str) -> None:
        tries.append(name)
        is_first = tries.count(name) == 1
        for number, row in enumerate(rows if is_first else sorted(rows)):
            if is_first and number == 1:
                met.wait()
            User.objects.filter(pk=row).update(nickname=name)

    outcomes = call_concurrently(
        lambda: rename(rows=[alice.pk, bob.pk], name="one"),
        lambda: rename(rows=[bob.pk, alice.pk], name="other"),
    )
    assert [one.error for one in outcomes] == [None, None]
    names = set(User.objects.filter(pk__in=(alice.pk, bob.pk)).values_list("nickname", flat=True))
    assert len(names) == 1, "one whole change stands over the other"
    counts = sorted(tries.count(name) for name in ("one", "other"))
    assert counts in ([1, 2], [2, 2]), "whoever was ended was tried once more"


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_brought_to_an_end_is_busy(bob: User) -> None:
    tries = []

    @service
    def rename() -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20ms'")
        User.objects.filter(pk=bob.pk).update(nickname="never")

    def blocked() -> None:
        try:
            with pytest.raises(DatabaseBusy):
                rename()
        finally:
            connection.close()

    thread = threading.Thread(target=blocked)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=bob.pk)
        thread.start()
        thread.join()
    assert len(tries) == LOCK_TRIES


@pytest.mark.django_db
def test_the_database_keeps_the_id_of_a_row_at_the_service(bob: User) -> None:
    bob.remote_id = "bob"
    bob.save_mirrored(["remote_id"])
    with pytest.raises(Exception, match="keeps it"), transaction.atomic():
        User.objects.filter(pk=bob.pk).update(remote_id="")
    with transaction.atomic():
        bob.forget_remote()
    assert User.objects.get(pk=bob.pk).remote_id == ""


@pytest.mark.django_db
def test_the_person_of_a_request_is_locked_like_any_row(bob: User) -> None:
    """A request has its person in a lazy wrapper, whose type is no model."""
    wrapped: Any = SimpleLazyObject(lambda: bob)
    assert lock_row(wrapped) == bob


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_conflict_that_no_view_expected_ends_in_a_page(rf: RequestFactory, language: str) -> None:
    request = rf.post("/people/1/edit/", headers={"referer": "http://testserver/people/1/"})
    middleware = ConflictPageMiddleware(lambda _request: None)  # type: ignore[arg-type,return-value]
    with translation.override(language):
        page: Any = middleware.process_exception(request, DatabaseBusy())
    assert page.status_code == 409
    assert 'href="/people/1/"' in page_text(page)
    assert ("Try again" if language == "en" else "请重试") in page_text(page)
    assert middleware.process_exception(request, ValidationError("no")) is None


@pytest.mark.django_db
def test_a_stored_row_is_saved_by_naming_its_columns(bob: User, school: Enterprise) -> None:
    for row in (bob, school):
        with pytest.raises(UnsafeSave, match="update_fields"):
            row.save()
        with pytest.raises(UnsafeSave, match="remote_id"):
            row.save(update_fields=["remote_id"])
