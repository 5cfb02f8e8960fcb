"""Pages of webhooks: from the address to the answer, and everything that a person may do there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEntry
from console.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookGate
from console.webhooks.retention import delete_old_deliveries
from console.webhooks.sending import deliver_due
from tests.classes.factories import create_planned_lesson
from tests.support.page_client import client_for, page_text
from tests.support.webhook_receiver import Reply, is_signed

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


@pytest.fixture
def office(alice: Any) -> Any:
    return client_for(alice)


def act(office: Any, what: str, row: Any, **data: Any) -> Any:
    return office.post(reverse(f"webhooks:{what}", args=[row.pk]), data, follow=True)


def actions() -> list[str]:
    entries = AuditEntry.objects.filter(action__startswith="webhook.").order_by("id")
    return list(entries.values_list("action", flat=True))


def test_a_webhook_is_added_tested_and_its_answer_shown(office, receiver):
    receiver.choose = lambda message: Reply(200, "thank you")
    data = {"name": "Portal", "url": receiver.url, "events": ["lesson.changed", "person.left"]}
    created = office.post(reverse("webhooks:add"), data)
    [secret] = set(SECRET.findall(created.content.decode()))
    assert "no-store" in created["Cache-Control"]
    endpoint = WebhookEndpoint.objects.get()
    page = act(office, "test", endpoint)
    assert "Not attempted yet." in page_text(page)
    deliver_due()
    page = office.get(page.redirect_chain[-1][0])
    text = page_text(page)
    assert "HTTP 200" in text
    assert "thank you" in text
    assert receiver.messages[0].id in text
    assert " ms" in text
    assert is_signed(receiver.messages[0], [secret])
    for address in (endpoint.get_absolute_url(), reverse("webhooks:edit", args=[endpoint.pk])):
        assert not SECRET.search(office.get(address).content.decode())
    assert actions() == ["webhook.add", "webhook.test"]
    assert secret not in str(list(AuditEntry.objects.values_list("after", flat=True)))


def test_a_form_without_events_or_with_a_name_that_exists_is_refused(office, endpoint):
    data = {"name": "Portal", "url": "https://portal.example.org/", "events": []}
    assert "Choose at least one event." in page_text(office.post(reverse("webhooks:add"), data))
    data |= {"events": ["lesson.changed"]}
    assert "Your school has a webhook of this name." in page_text(office.post(reverse("webhooks:add"), data))
    assert WebhookEndpoint.objects.count() == 1


def test_an_edit_is_saved_and_on_record(office, endpoint):
    data = {"name": "Portal", "url": "https://portal.example.org/", "events": ["lesson.changed"]}
    act(office, "edit", endpoint, **data)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.events) == ("https://portal.example.org/", ["lesson.changed"])
    assert actions()[-1] == "webhook.change"


def test_a_replaced_secret_signs_beside_the_former_for_a_day(office, endpoint, receiver, bob):
    former = endpoint.secret.reveal()
    created = office.post(reverse("webhooks:rotate", args=[endpoint.pk]))
    [secret] = set(SECRET.findall(created.content.decode()))
    assert secret != former
    create_planned_lesson(bob)
    deliver_due()
    assert is_signed(receiver.messages[0], [secret])
    assert is_signed(receiver.messages[0], [former])
    WebhookEndpoint.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    create_planned_lesson(bob)
    deliver_due()
    assert is_signed(receiver.messages[1], [secret])
    assert not is_signed(receiver.messages[1], [former])


def test_the_page_of_a_webhook_that_does_not_answer_says_why(office, endpoint, receiver):
    receiver.choose = lambda message: Reply(500, "no")
    delivery = act(office, "test", endpoint).redirect_chain[-1][0]
    assert "Next attempt" not in page_text(office.get(delivery))
    deliver_due()
    text = page_text(office.get(endpoint.get_absolute_url()))
    assert "Last attempt: The program did not accept it" in text
    assert "tried again for three days" in text
    assert "Next attempt" in page_text(office.get(delivery))
    receiver.choose = lambda message: Reply(200, "thank you")
    act(office, "test", endpoint)
    WebhookDelivery.objects.update(due_at=timezone.now())
    deliver_due()
    assert "Last attempt" not in page_text(office.get(endpoint.get_absolute_url()))


def test_a_paused_webhook_keeps_events_until_it_is_resumed(office, endpoint, receiver, bob):
    act(office, "pause", endpoint)
    create_planned_lesson(bob)
    assert deliver_due() == 0
    page = act(office, "test", endpoint)
    assert "This webhook is paused. Resume it first." in page_text(page)
    assert "An administrator paused it." in page_text(office.get(endpoint.get_absolute_url()))
    act(office, "resume", endpoint)
    assert deliver_due() == 1
    assert WebhookGate.objects.get().held_for == []
    assert actions()[1:] == ["webhook.pause", "webhook.resume"]


def test_an_event_is_sent_again_with_the_same_id(office, endpoint, receiver, bob):
    create_planned_lesson(bob)
    deliver_due()
    act(office, "resend", WebhookDelivery.objects.get())
    deliver_due()
    assert len(receiver.messages) == 2
    assert len({one.id for one in receiver.messages}) == 1


def test_all_events_since_a_time_are_sent_again_in_their_order(office, endpoint, receiver, bob):
    lessons = [create_planned_lesson(bob) for _ in range(3)]
    deliver_due()
    first = WebhookDelivery.objects.order_by("id").first()
    WebhookDelivery.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=2))
    receiver.messages.clear()
    since = timezone.localtime(timezone.now() - timedelta(hours=1), endpoint.enterprise.tz)
    page = act(office, "resend_since", endpoint, since=f"{since:%Y-%m-%dT%H:%M}")
    assert "2 events are sent again." in page_text(page)
    deliver_due()
    assert {one.json["data"]["lesson"] for one in receiver.messages} == {one.pk for one in lessons[1:]}
    page = act(office, "resend_since", endpoint, since="2999-01-01T00:00")
    assert "Enter a time that has passed." in page_text(page)


def test_an_event_that_is_set_aside_lets_the_next_go_on(office, endpoint, receiver, bob):
    lesson = create_planned_lesson(bob)
    lesson.topic = "Moved"
    lesson.save(update_fields=["topic"])
    receiver.choose = lambda message: Reply(500 if message.json["type"] == "lesson.scheduled" else 204)
    deliver_due(limit=1)
    act(office, "skip", WebhookDelivery.objects.order_by("id").first())
    deliver_due(limit=1)
    assert [one.json["type"] for one in receiver.accepted] == ["lesson.changed"]
    again = act(office, "skip", WebhookDelivery.objects.order_by("id").first())
    assert "It does not wait any more." in page_text(again)


def test_a_deleted_webhook_takes_its_deliveries_along(office, endpoint, receiver, bob):
    create_planned_lesson(bob)
    deliver_due()
    page = act(office, "delete", endpoint)
    assert "The webhook has been deleted." in page_text(page)
    assert not WebhookDelivery.objects.exists()
    assert actions()[-1] == "webhook.delete"


def test_deliveries_are_kept_for_thirty_days_and_what_waits_for_longer(endpoint, receiver, bob):
    for _ in range(3):
        create_planned_lesson(bob)
    deliver_due(limit=2)
    WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(days=31))
    WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.latest("id").pk).update(state="ready")
    create_planned_lesson(bob)
    assert delete_old_deliveries() == 2
    assert WebhookDelivery.objects.count() == 2


def test_nobody_else_sees_a_webhook(endpoint, bob, charlie, olga, receiver):
    create_planned_lesson(bob)
    delivery = WebhookDelivery.objects.get()
    pages = [
        endpoint.get_absolute_url(),
        reverse("webhooks:delivery", args=[delivery.pk]),
        reverse("webhooks:edit", args=[endpoint.pk]),
    ]
    assert {client_for(bob).get(page).status_code for page in pages} == {403}
    assert {client_for(charlie).get(page).status_code for page in pages} <= {403, 404}
    assert {client_for(olga).get(page).status_code for page in pages} <= {403, 404}
