"""Callbacks in the Django admin: read, and handled again by those who may."""

from accounts.models import Enterprise, User
from console.inbox.models import Callback
from tests.console.inbox.test_views import told
from tests.support.page_client import client_for, page_says, page_text

LIST = "/admin/inbox/callback/"


def test_the_chosen_events_are_handled_again_and_shown_before_and_after(
    alice: User, school: Enterprise
) -> None:
    ids = [told(school, number, state="quarantined", reason="handler_failed").pk for number in range(2)]
    asked = {"action": "handle_again", "_selected_action": ids[:1]}
    page = client_for(alice).post(LIST, asked)
    assert page.status_code == 200
    assert page_says(page, "Processed again")
    assert list(Callback.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 0]


def test_the_list_says_why_in_words_and_shows_no_body(alice: User, school: Enterprise) -> None:
    callback = told(school, reason="no_class", body={"secret": "c4n4ry"})
    client = client_for(alice)
    assert "The event names no lesson and cannot be assigned." in page_text(client.get(LIST))
    assert "c4n4ry" not in page_text(client.get(f"{LIST}{callback.pk}/change/"))


def test_another_school_handles_nothing_again(charlie: User, school: Enterprise) -> None:
    callback = told(school)
    asked = {"action": "handle_again", "_selected_action": [callback.pk]}
    client_for(charlie).post(LIST, asked)
    assert Callback.objects.get().attempts == 0
