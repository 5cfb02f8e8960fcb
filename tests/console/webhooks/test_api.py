"""Webhooks in REST: added, changed and deleted by programs, with a secret that is told once."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from console.audit.models import AuditEntry
from console.policy.tokens import issue_token
from console.webhooks.models import WebhookDelivery, WebhookEndpoint
from console.webhooks.sending import deliver_due
from console.webhooks.services import pause_by_hand
from tests.classes.factories import create_planned_lesson
from tests.support.rest_client import all_rows, rest_client
from tests.support.webhook_receiver import Receiver, Reply, is_signed

pytestmark = pytest.mark.django_db
PATH, BULK = "/api/v1/webhooks/", "/api/v1/bulk/webhooks/"
URL = "https://portal.example.org/events"


def add(client: APIClient, headers: Any = None, **fields: Any) -> Any:
    body = {"name": "Library", "url": URL, "events": ["lesson.changed"], **fields}
    return client.post(PATH, body, format="json", headers=headers)


def client_with(user: User, *scopes: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user, scopes=scopes)}")
    return client


def actions() -> list[str]:
    entries = AuditEntry.objects.filter(action__startswith="webhook.").order_by("id")
    return list(entries.values_list("action", flat=True))


def test_a_webhook_is_added_listed_changed_and_deleted_on_record(alice: User) -> None:
    client = rest_client(alice)
    made = add(client, events=["person.left", "lesson.changed", "person.left"])
    row = made.json()
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store, private")
    assert row["events"] == ["person.left", "lesson.changed"]
    assert (row["personal_data"], row["paused_for"], row["previous_until"]) == (False, "", None)
    secret = row.pop("secret")
    assert secret == WebhookEndpoint.objects.get().secret.reveal()
    address = f"{PATH}{row['id']}/"
    assert all_rows(client, "webhooks/") == [row] == [client.get(address).json()]
    changed = client.patch(address, {"name": "Portal"}, format="json")
    assert (changed.status_code, changed.json()) == (200, {**row, "name": "Portal"})
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert actions() == ["webhook.add", "webhook.change", "webhook.delete"]
    assert secret not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_a_repeated_request_adds_one_webhook_and_does_not_tell_its_secret(alice: User) -> None:
    client, headers = rest_client(alice), {"Idempotency-Key": "library"}
    first, second = (add(client, headers) for _ in range(2))
    assert (first.status_code, second.status_code, second["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.json()["secret"].startswith("whsec_")
    assert second.json() == {**first.json(), "secret": None}
    assert WebhookEndpoint.objects.count() == 1


def test_many_webhooks_are_added_and_changed_together_each_with_its_own_secret(alice: User) -> None:
    client, headers = rest_client(alice), {"Idempotency-Key": "two"}
    body = [{"name": name, "url": URL, "events": ["lesson.changed"]} for name in ("Library", "Portal")]
    made, again = (client.post(BULK, body, format="json", headers=headers) for _ in range(2))
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store, private")
    secrets = {row["id"]: row["secret"] for row in made.json()}
    assert secrets == {one.pk: one.secret.reveal() for one in WebhookEndpoint.objects.all()}
    assert again.json() == [{**row, "secret": None} for row in made.json()]
    first, second = secrets
    changes = [{"id": second, "name": "Door"}, {"id": first, "events": ["person.left"]}]
    changed = client.patch(BULK, changes, format="json")
    assert [(row["name"], row["events"]) for row in changed.json()] == [
        ("Door", ["lesson.changed"]),
        ("Library", ["person.left"]),
    ]
    assert "secret" not in changed.json()[0]
    refused = client.post(BULK, [{**body[0], "name": "New"}, body[0]], format="json")
    assert (refused.status_code, refused.json()["errors"].keys()) == (400, {"1"})
    assert WebhookEndpoint.objects.count() == 2


def test_a_replaced_secret_is_told_once_and_signs_beside_the_former(
    alice: User, bob: User, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    client, former = rest_client(alice), endpoint.secret.reveal()
    headers = {"Idempotency-Key": "rotate"}
    first, second = (client.post(f"{PATH}{endpoint.pk}/rotate/", headers=headers) for _ in range(2))
    secret = first.json()["secret"]
    assert (first.status_code, first["Cache-Control"]) == (200, "no-store, private")
    assert secret not in (None, former)
    assert first.json()["previous_until"] is not None
    assert second.json()["secret"] is None
    assert "secret" not in client.get(f"{PATH}{endpoint.pk}/").json()
    create_planned_lesson(bob)
    deliver_due()
    assert is_signed(receiver.messages[0], [secret])
    assert is_signed(receiver.messages[0], [former])
    assert actions()[-1] == "webhook.rotate"


def test_a_test_event_is_followed_at_its_address(
    alice: User, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.choose = lambda message: Reply(500)
    client = rest_client(alice)
    headers = {"Idempotency-Key": "test"}
    sent, repeated = (client.post(f"{PATH}{endpoint.pk}/test/", headers=headers) for _ in range(2))
    row = sent.json()
    assert (sent.status_code, row["event"], row["state"]) == (202, "webhook.test", "ready")
    assert (repeated.status_code, repeated.json()) == (202, row)
    deliver_due()
    told = client.get(sent["Location"], headers={"Accept-Language": "en"}).json()
    assert (told["webhook"], told["attempts"]) == (endpoint.pk, 1)
    assert told["reason"] == "The program did not accept it: only a status from 200 to 299 does."
    assert receiver.messages[0].id == told["message_id"]
    WebhookDelivery.objects.all().delete()
    pause_by_hand(endpoint=endpoint, by=alice)
    refused = client.post(f"{PATH}{endpoint.pk}/test/")
    assert (refused.status_code, WebhookDelivery.objects.count()) == (409, 0)
    assert client.get(f"{PATH}{endpoint.pk}/").json()["paused_for"] == "by_hand"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("events", []),
        ("events", ["lesson.eaten"]),
        ("events", ["webhook.test"]),
        ("url", "http://portal.example.org/"),
        ("url", "https://10.0.0.1/"),
        ("url", "https://user@portal.example.org/"),
        ("name", "Portal"),
        ("name", ""),
    ],
)
def test_what_the_form_refuses_is_refused_at_its_field(
    alice: User, endpoint: WebhookEndpoint, field: str, value: Any
) -> None:
    client = rest_client(alice)
    made = add(client, **{field: value})
    assert (made.status_code, list(made.json()["errors"])) == (400, [field])
    other = add(client).json()["id"]
    changed = client.patch(f"{PATH}{other}/", {field: value}, format="json")
    assert (changed.status_code, list(changed.json()["errors"])) == (400, [field])


def test_a_state_that_is_no_longer_current_is_412(alice: User, endpoint: WebhookEndpoint) -> None:
    client, address = rest_client(alice), f"{PATH}{endpoint.pk}/"
    headers = {"If-Match": client.get(address)["ETag"]}
    body = {"name": "Library"}
    assert client.patch(address, body, format="json", headers=headers).status_code == 200
    for answer in (
        client.patch(address, {"name": "Archive"}, format="json", headers=headers),
        client.post(f"{address}rotate/", headers=headers),
        client.delete(address, headers=headers),
    ):
        assert (answer.status_code, answer.json()["changed"]) == (412, body)
    assert WebhookEndpoint.objects.get().name == "Library"
    assert actions() == ["webhook.add", "webhook.change"]


def test_a_token_is_sent_no_personal_data_that_it_may_not_read(alice: User) -> None:
    narrow = client_with(alice, "webhooks:write")
    refused = add(narrow, personal_data=True)
    assert (refused.status_code, "people:read" in refused.json()["detail"]) == (403, True)
    wide = client_with(alice, "webhooks:write", "people:read", "lessons:read")
    made = add(wide, personal_data=True)
    assert (made.status_code, made.json()["personal_data"]) == (201, True)
    address = f"{PATH}{made.json()['id']}/"
    assert narrow.patch(address, {"url": f"{URL}/mine"}, format="json").status_code == 403
    assert narrow.patch(address, {"personal_data": False}, format="json").status_code == 200
    assert narrow.patch(address, {"personal_data": True}, format="json").status_code == 403
    reader = client_with(alice, "webhooks:read")
    assert reader.get(address).status_code == 200
    assert [reader.post(f"{address}{act}/").status_code for act in ("rotate", "test")] == [403, 403]


def test_only_administrators_of_the_school_reach_a_webhook(
    alice: User, bob: User, charlie: User, endpoint: WebhookEndpoint
) -> None:
    delivery = WebhookDelivery.objects.create(
        enterprise=alice.enterprise, endpoint=endpoint, event="webhook.test", object="webhook:1", lane="1"
    )
    address = f"{PATH}{endpoint.pk}/"
    for reader, status in ((bob, 403), (charlie, 404)):
        client = rest_client(reader)
        answers = [client.get(address), client.patch(address, {"name": "X"}, format="json")]
        answers += [client.post(f"{address}rotate/"), client.post(f"{address}test/"), client.delete(address)]
        answers.append(client.get(f"{PATH}deliveries/{delivery.pk}/"))
        assert [one.status_code for one in answers] == [status] * 6
    assert add(rest_client(bob)).status_code == 403
    assert all_rows(rest_client(charlie), "webhooks/") == []
    assert actions() == ["webhook.add"]


@pytest.mark.django_db(transaction=True)
def test_a_pause_is_a_change_of_the_webhook(alice: User, endpoint: WebhookEndpoint) -> None:
    client = rest_client(alice)
    position = client.get(f"{PATH}?updated_since=")["Updated-Until"]
    pause_by_hand(endpoint=endpoint, by=alice)
    (row,) = client.get(PATH, {"updated_since": position}).json()["results"]
    assert (row["id"], row["paused_for"]) == (endpoint.pk, "by_hand")
