"""The desk of what comes in: events in words, a body without its secrets, handling one again."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.inbox.models import Callback
from tests.support.pages import LANGUAGES, reader, says, text

LIST = "/sync/received/"
State = Callback.State


def told(school: Enterprise, number: int = 0, **fields: Any) -> Callback:
    body = {"event": "class_begin", "data": {"class_id": 1234}}
    plain = {"fingerprint": f"{number:064}", "event": "class_begin", "class_id": "1234", "body": body}
    return Callback.objects.create(enterprise=school, **{**plain, **fields})


def listed(client: Any, **asked: str) -> set[int]:
    return {line.callback.pk for line in client.get(LIST, asked).context["lines"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_event_is_told_in_words_with_state_and_reason(
    alice: User, school: Enterprise, language: str
) -> None:
    callback = told(school, state=State.PARKED, reason="unknown_class", deliveries=3)
    client = reader(alice, language)
    for page in (client.get(LIST), client.get(f"{LIST}{callback.pk}/")):
        assert says(page, "A lesson has begun", language)
        assert says(page, "waits for its lesson", language)
        assert says(page, "No lesson of this school has this number.", language)


def test_an_event_that_nobody_knows_and_a_body_that_nobody_can_read_are_shown_as_they_came(
    alice: User, school: Enterprise
) -> None:
    odd = told(school, 1, event="tea_party", body={"event": "tea_party"})
    broken = told(school, 2, event="", class_id="", body=None, unreadable="{token=abcdef, <b>tea</b>")
    client = reader(alice)
    assert "tea_party" in text(client.get(f"{LIST}{odd.pk}/"))
    page = client.get(f"{LIST}{broken.pk}/")
    assert "<b>tea</b>" not in page.content.decode()
    assert "{token=***, <b>tea</b>" in text(page)


def test_the_address_chooses_by_state_event_and_lesson(alice: User, school: Enterprise) -> None:
    begun = told(school, 1, state=State.DONE).pk
    over = told(school, 2, event="class_over", class_id="77").pk
    client = reader(alice)
    assert listed(client) == {begun, over}
    assert listed(client, state="done") == listed(client, event="class_begin") == {begun}
    assert listed(client, q="77") == {over}
    assert listed(client, state="king") == {begun, over}


def test_a_long_list_costs_the_same_and_leaves_the_bodies_where_they_are(
    alice: User, school: Enterprise
) -> None:
    client = reader(alice)
    told(school)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(1, 60):
        told(school, number)
    with CaptureQueriesContext(connection) as many:
        first = client.get(LIST)
    assert len(many) == len(few)
    assert not any('"body"' in query["sql"] for query in many)
    assert len(first.context["lines"]) == 50


def test_handling_again_is_due_at_once_and_on_record(alice: User, school: Enterprise) -> None:
    callback = told(school, state=State.QUARANTINED, reason="handler_failed", attempts=30)
    answer = reader(alice).post(f"{LIST}{callback.pk}/replay/")
    assert answer["Location"] == f"{LIST}{callback.pk}/"
    callback.refresh_from_db()
    assert (callback.state, callback.attempts, callback.reason) == (State.WAITING, 0, "")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.before) == ("callback.replay", alice, {"state": "quarantined"})


def test_looking_replays_nothing(alice: User, school: Enterprise) -> None:
    callback = told(school, state=State.DONE)
    assert reader(alice).get(f"{LIST}{callback.pk}/replay/").status_code == 405
    assert Callback.objects.get().state == State.DONE


def test_another_school_s_callbacks_do_not_exist(charlie: User, school: Enterprise) -> None:
    callback = told(school)
    client = reader(charlie)
    assert listed(client) == set()
    assert client.get(f"{LIST}{callback.pk}/").status_code == 404
    assert client.post(f"{LIST}{callback.pk}/replay/").status_code == 404


def test_teachers_and_operators_have_no_desk(bob: User, olga: User) -> None:
    assert [reader(one).get(LIST).status_code for one in (bob, olga)] == [403, 403]
