"""The desk of what comes in: events in words, a body without its secrets, handling one again."""

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Enterprise, User
from classes.models import Lesson
from console.audit.models import AuditEntry
from console.inbox.models import Callback
from console.inbox.refusals import count_refusal
from console.inbox.replay import MAX_REPLAYED
from tests.support.iclass_service import create_lesson
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

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
    client = client_for(alice, language)
    for page in (client.get(LIST), client.get(f"{LIST}{callback.pk}/")):
        assert page_says(page, "Lesson started", language)
        assert page_says(page, "waiting for its lesson", language)
        assert page_says(page, "No lesson of this school has this ID.", language)


def test_an_event_that_nobody_knows_and_a_body_that_nobody_can_read_are_shown_as_they_came(
    alice: User, school: Enterprise
) -> None:
    odd = told(school, 1, event="tea_party", body={"event": "tea_party"})
    broken = told(school, 2, event="", class_id="", body=None, unreadable="{token=abcdef, <b>tea</b>")
    client = client_for(alice)
    assert "tea_party" in page_text(client.get(f"{LIST}{odd.pk}/"))
    page = client.get(f"{LIST}{broken.pk}/")
    assert "<b>tea</b>" not in page.content.decode()
    assert "{token=***, <b>tea</b>" in page_text(page)


@pytest.mark.parametrize("body", ["a" * 900_000, "http://" * 130_000, "token " * 150_000])
def test_a_long_string_in_a_callback_does_not_freeze_its_page(
    alice: User, school: Enterprise, body: str
) -> None:
    """It took a minute and more, and with it every other request of the process."""
    read = told(school, 1, body={"event": "tea_party", "data": body})
    broken = told(school, 2, body=None, unreadable=f"{{{body}")
    client = client_for(alice)
    for callback in (read, broken):
        began = time.process_time()
        assert client.get(f"{LIST}{callback.pk}/").status_code == 200
        assert time.process_time() - began < 3


def test_the_address_chooses_by_state_event_and_lesson(alice: User, school: Enterprise) -> None:
    begun = told(school, 1, state=State.DONE).pk
    over = told(school, 2, event="class_over", class_id="77").pk
    client = client_for(alice)
    assert listed(client) == {begun, over}
    assert listed(client, state="done") == listed(client, event="class_begin") == {begun}
    assert listed(client, q="77") == {over}
    assert listed(client, state="king") == {begun, over}


def test_a_long_list_costs_the_same_and_leaves_the_bodies_where_they_are(
    alice: User, school: Enterprise
) -> None:
    client = client_for(alice)
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_handling_again_shows_the_rows_before_and_after_and_is_on_record(
    alice: User, bob: User, school: Enterprise, language: str
) -> None:
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="1234", look_at=None)
    callback = told(school, state=State.QUARANTINED, reason="handler_failed", attempts=30)
    page = client_for(alice, language).post(f"{LIST}{callback.pk}/replay/")
    [(line, replayed)] = page.context["results"]
    lines = {f"{row.key}.{one.name}": one for row in replayed.differences for one in row.lines}
    assert lines["callback.state"].changed
    look = lines[f"lesson:{lesson.pk}.look"]
    assert (look.before, look.after != "", look.changed) == ("", True, True)
    assert look.after in page_text(page)
    assert lesson.topic in page_text(page)
    callback.refresh_from_db()
    assert (callback.state, callback.attempts, callback.reason) == (State.DONE, 1, "")
    entry = AuditEntry.objects.get(action="callback.replay")
    assert (entry.actor, entry.before) == (alice, {"state": "quarantined"})
    assert entry.after == {"state": "done", "reason": "", "changed": [f"lesson:{lesson.pk}.look"]}


def test_a_recording_that_a_replay_brings_is_told_as_new_and_its_address_is_not(
    alice: User, school: Enterprise
) -> None:
    track = {"video_id": "v1", "video_type": 2, "video_url": "https://films.example/c4n4ry.mp4"}
    body = {"event": "online_record_stop", "data": {"class_id": 9, "video_info": [track]}}
    callback = told(school, event="online_record_stop", class_id="9", body=body)
    page = client_for(alice).post(f"{LIST}{callback.pk}/replay/")
    [(line, replayed)] = page.context["results"]
    kind = next(one for row in replayed.differences for one in row.lines if one.name == "kind")
    assert (kind.before, kind.after) == ("", "whiteboard")
    assert "c4n4ry" not in page_text(page)


def test_a_replay_may_write_the_evidence_that_its_reader_may_not(
    alice: User, bob: User, school: Enterprise
) -> None:
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="1234")
    data = {"class_id": 1234, "user_id": "bob", "join_time": 1529905145}
    callback = told(school, event="join_class", body={"event": "join_class", "data": data})
    page = client_for(alice).post(f"{LIST}{callback.pk}/replay/")
    [(line, replayed)] = page.context["results"]
    evidence = next(one for row in replayed.differences for one in row.lines if one.name == "evidence")
    assert (evidence.before, evidence.after) == ("0", "1")


def test_many_are_handled_again_oldest_first_and_those_of_another_school_are_not(
    alice: User, school: Enterprise, other_school: Enterprise
) -> None:
    mine = [told(school, number, state=State.QUARANTINED, reason="handler_failed") for number in range(3)]
    theirs = told(other_school, 9, state=State.QUARANTINED)
    chosen = [mine[2].pk, mine[0].pk, theirs.pk, "x"]
    page = client_for(alice).post(f"{LIST}replay/", {"chosen": chosen})
    assert [line.callback.pk for line, _ in page.context["results"]] == [mine[0].pk, mine[2].pk]
    states = dict(Callback.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (*mine, theirs)] == ["parked", "quarantined", "parked", "quarantined"]


def test_more_events_than_fit_into_a_request_are_refused(alice: User, school: Enterprise) -> None:
    mine = told(school, state=State.QUARANTINED)
    chosen = [mine.pk, *range(mine.pk + 1, mine.pk + 1 + MAX_REPLAYED)]
    page = client_for(alice).post(f"{LIST}replay/", {"chosen": chosen}, follow=True)
    assert page_says(page, f"Select at most {MAX_REPLAYED} events.")
    assert Callback.objects.get().state == State.QUARANTINED


def test_choosing_nothing_is_told(alice: User, school: Enterprise) -> None:
    page = client_for(alice).post(f"{LIST}replay/", follow=True)
    assert page_says(page, "Select at least one event, then process it again.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_was_refused_and_what_waits(
    alice: User, school: Enterprise, other_school: Enterprise, language: str
) -> None:
    told(school, 1, state=State.PARKED, reason="unknown_class")
    told(school, 2, state=State.QUARANTINED, reason="no_class")
    told(other_school, 3, state=State.QUARANTINED, reason="no_class")
    for _ in range(2):
        count_refusal(school.pk, "wrong_sign")
    count_refusal(other_school.pk, "expired")
    page = client_for(alice, language).get(LIST)
    health = page.context["health"]
    assert (health.waiting, health.parked, health.set_aside) == (0, 1, 1)
    assert health.refused == {"wrong_sign": 2}
    assert page_says(page, "the signature is wrong: different key or unknown sender", language)
    assert not page_says(page, "the signature has expired", language)


def figures(page: Any) -> dict[str, str]:
    """The numbers at the head of the page by their labels."""
    tiles = re.findall(r"<strong>(.*?)</strong><span>(.*?)</span>", page_text(page).split("<search>")[0])
    return {label: re.sub("<.*?>", "", number).strip() for number, label in tiles}


def test_callbacks_are_to_be_handled_and_where_none_is_due_there_is_no_age(
    alice: User, school: Enterprise
) -> None:
    quiet = figures(client_for(alice).get(LIST))
    assert (quiet["pending"], quiet["oldest pending event"]) == ("0", "—")
    told(school, 1, due_at=timezone.now() + timedelta(minutes=5))
    later = figures(client_for(alice).get(LIST))
    assert (later["pending"], later["oldest pending event"]) == ("1", "—")
    told(school, 2, due_at=timezone.now() - timedelta(minutes=5))
    due = figures(client_for(alice).get(LIST))
    assert (due["pending"], due["oldest pending event"]) == ("2", "5 min")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_of_the_page_speaks_of_receiving_alone(alice: User, language: str) -> None:
    head = page_text(client_for(alice, language).get(LIST)).split('id="health"')[1].split("</section>")[0]
    with translation.override(language):
        assert translation.gettext("pending") in head
        for word in ("waiting", "sending", "oldest waiting event"):
            assert f">{translation.gettext(word)}<" not in head


def test_the_page_says_that_lessons_run_in_silence(alice: User, bob: User, school: Enterprise) -> None:
    lesson = create_lesson(bob, alice)
    begun = timezone.now() - timedelta(minutes=11)
    Lesson.objects.filter(pk=lesson.pk).update(status="ing", real_started_at=begun)
    sentence = "1 lesson has been running for ten minutes without callbacks."
    assert sentence in page_text(client_for(alice).get(LIST))
    told(school)
    assert sentence not in page_text(client_for(alice).get(LIST))


def test_a_part_of_the_spool_that_nobody_can_read_is_told(
    alice: User, school: Enterprise, settings: Any, tmp_path: Path
) -> None:
    settings.SPOOL_DIR = tmp_path
    (tmp_path / "1-2-3.unsealed.bad").write_bytes(b"x\n")
    page = page_text(client_for(alice).get(LIST))
    assert "1 file with waiting events could not be read." in page
    assert "FIELD_KEYS" in page


def test_looking_replays_nothing(alice: User, school: Enterprise) -> None:
    callback = told(school, state=State.DONE)
    assert client_for(alice).get(f"{LIST}{callback.pk}/replay/").status_code == 405
    assert Callback.objects.get().state == State.DONE


def test_another_school_s_callbacks_do_not_exist(charlie: User, school: Enterprise) -> None:
    callback = told(school)
    client = client_for(charlie)
    assert listed(client) == set()
    assert client.get(f"{LIST}{callback.pk}/").status_code == 404
    assert client.post(f"{LIST}{callback.pk}/replay/").status_code == 404
    assert client.post(f"{LIST}replay/", {"chosen": [callback.pk]}).status_code == 302
    assert Callback.objects.get().attempts == 0


def test_teachers_and_operators_have_no_desk(bob: User, olga: User) -> None:
    assert [client_for(one).get(LIST).status_code for one in (bob, olga)] == [403, 403]
