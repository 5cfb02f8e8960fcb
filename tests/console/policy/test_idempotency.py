"""`Idempotency-Key`: what is sent twice takes effect once, and no record holds more than digests and IDs."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from console.outbox.models import Operation
from console.policy import database_scope, idempotency
from console.policy.models import IdempotentRequest
from documents.models import Document
from tests.documents.sample_files import pdf
from tests.support.cast import create_person
from tests.support.concurrent_calls import call_while_other_waits
from tests.support.rest_client import rest_client

GROUP = {"name": "7A"}
PEER = {"user_id": "peer", "role": "student", "nickname": "Peer"}


def post(client, path, body, key="k-1", **more):
    return client.post(f"/api/v1/{path}", body, headers={"Idempotency-Key": key}, **more)


def test_a_repeated_post_makes_nothing_new_and_is_answered_as_before(alice: User) -> None:
    client = rest_client(alice)
    first, again = post(client, "users/", PEER), post(client, "users/", PEER)
    assert (first.status_code, again.status_code) == (201, 201), again.data
    assert first.json() == again.json()
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert User.objects.filter(user_id="peer").count() == 1
    assert Operation.objects.count() == 1
    assert first.headers.get("ETag") == again.headers.get("ETag") or again.headers["ETag"]


def test_another_body_or_address_with_the_same_key_is_refused_in_words(alice: User) -> None:
    client = rest_client(alice)
    post(client, "groups/", GROUP)
    for path, body in (("groups/", {"name": "7B"}), ("users/", PEER)):
        answer = post(client, path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
        assert "Idempotency-Key" in answer.json()["detail"]
    assert StudentGroup.objects.count() == 1
    assert not User.objects.filter(user_id="peer").exists()


def test_a_refused_request_does_not_use_up_its_key(alice: User) -> None:
    client = rest_client(alice)
    assert post(client, "groups/", {"name": ""}).status_code == 400
    assert not IdempotentRequest.objects.exists()
    assert post(client, "groups/", GROUP).status_code == 201


def test_keys_belong_to_one_person(alice: User, charlie: User, school: Enterprise) -> None:
    other_admin = create_person(school, "anna", Role.ADMIN)
    assert post(rest_client(alice), "groups/", GROUP).status_code == 201
    assert post(rest_client(other_admin), "groups/", {"name": "8A"}).status_code == 201
    assert post(rest_client(charlie), "groups/", GROUP).status_code == 201
    assert StudentGroup.objects.count() == 3


def test_a_key_is_forgotten_after_a_day(alice: User) -> None:
    client = rest_client(alice)
    post(client, "groups/", GROUP)
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post(client, "groups/", {"name": "7B"}).status_code == 201
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert idempotency.delete_expired_requests() == 1
    assert idempotency.delete_expired_requests() == 0


@pytest.mark.parametrize("key", ["", " ", "two words", "schlüssel", "x" * 256])
def test_what_is_no_key_is_refused(alice: User, key: str) -> None:
    answer = post(rest_client(alice), "groups/", GROUP, key=key)
    assert answer.status_code == 400
    assert not StudentGroup.objects.exists()


def test_an_address_that_takes_no_post_says_so_with_a_key_too(alice: User) -> None:
    assert post(rest_client(alice), "recordings/", {}).status_code == 405


def test_a_dry_run_leaves_no_record(alice: User, bob: User) -> None:
    body = {
        **{"title": "Maths", "teacher": "bob", "dtstart": "2031-03-03T09:00", "rrule": ""},
        "duration_minutes": 45,
    }
    assert post(rest_client(alice), "courses/?dry_run=1", body).status_code == 200
    assert not IdempotentRequest.objects.exists()
    assert post(rest_client(alice), "courses/", body).status_code == 201


def test_an_act_without_content_and_one_whose_answer_is_not_kept(alice: User, bob: User) -> None:
    client = rest_client(alice)
    User.objects.filter(pk=bob.pk).update(sync_state="synced")
    assert [post(client, "users/bob/token/", {}).status_code for _ in range(2)] == [202, 202]
    operation = Operation.objects.get()
    Operation.objects.filter(pk=operation.pk).update(state="sending")
    Operation.objects.filter(pk=operation.pk).update(state="refused")
    body = {"ids": [str(operation.pk)]}
    answers = [post(client, "operations/park/", body, key="k-2") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["code"] == "already_done"


def test_a_file_is_sent_twice_and_kept_once(alice: User) -> None:
    client = rest_client(alice)

    def send(content: bytes):
        file = SimpleUploadedFile("plan.pdf", pdf(content))
        return post(client, "documents/", {"file": file, "permission": "private"}, format="multipart")

    first, again, other = send(b"Monday"), send(b"Monday"), send(b"Tuesday")
    assert [first.status_code, again.status_code, other.status_code] == [201, 201, 422], first.data
    assert first.json()["id"] == again.json()["id"]
    assert Document.objects.count() == 1


def test_what_the_person_may_no_longer_see_is_not_shown_again(alice: User) -> None:
    client = rest_client(alice)
    made = post(client, "groups/", GROUP).json()
    assert client.delete(f"/api/v1/groups/{made['id']}/").status_code == 204
    answer = post(client, "groups/", GROUP)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_done")
    assert not StudentGroup.objects.exists()


def test_a_record_holds_no_word_of_the_request(alice: User) -> None:
    post(rest_client(alice), "users/", {**PEER, "phone_no": "13812345678"}, key="secret-key")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM policy_idempotentrequest r")
        (text,) = cursor.fetchone()
    assert not [word for word in ("secret-key", "13812345678", "Peer") if word in text]


def test_the_database_shows_a_school_only_its_own_records(alice: User, charlie: User) -> None:
    post(rest_client(alice), "groups/", GROUP)
    with database_scope.use_scope_of(charlie):
        assert not IdempotentRequest.objects.exists()
    with database_scope.use_scope_of(alice):
        assert IdempotentRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_repetition_waits_for_the_first_request_and_gets_its_answer(alice: User) -> None:
    client, answers = rest_client(alice), []
    second = rest_client(alice)
    outcome = call_while_other_waits(
        lambda: answers.append(post(client, "groups/", GROUP)), lambda: post(second, "groups/", GROUP)
    )
    assert outcome.error is None
    assert outcome.value.json() == answers[0].json()
    assert StudentGroup.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_repetition_does_not_wait_for_ever(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "WAIT_S", 0.1)
    client, second, late = rest_client(alice), rest_client(alice), []
    call_while_other_waits(
        lambda: (post(client, "groups/", GROUP), late.append(0)),
        lambda: late.append(post(second, "groups/", GROUP)),
    )
    assert StudentGroup.objects.count() == 1
