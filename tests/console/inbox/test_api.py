"""Callbacks as programs see them: words, handling again, health; nothing of another school."""

from typing import Any

import pytest

from accounts.models import Enterprise, User
from classes.models import Lesson
from console.audit.models import AuditEntry
from console.inbox.models import Callback
from console.inbox.refusals import count_refusal
from tests.classes.factories import create_running_lesson
from tests.console.inbox.test_views import told
from tests.support.iclass_service import create_lesson
from tests.support.rest_client import rest_client

PATH = "/api/v1/callbacks/"


@pytest.fixture
def lesson(alice: User, bob: User) -> Lesson:
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="1234", look_at=None)
    return lesson


def test_a_callback_says_why_it_stands_so_and_what_to_do(alice: User, school: Enterprise) -> None:
    callback = told(school, state="quarantined", reason="no_class", deliveries=4)
    answer = rest_client(alice).get(f"{PATH}{callback.pk}/", headers={"accept-language": "en"}).json()
    assert (answer["state"], answer["deliveries"], answer["attempts"]) == ("quarantined", 4, 0)
    assert answer["reason"] == (
        "The event names no lesson and cannot be assigned. Check the content. If the event "
        "matters, enter its data by hand."
    )


def test_handling_one_again_answers_the_rows_before_and_after(
    alice: User, school: Enterprise, lesson: Lesson
) -> None:
    callback = told(school, state="done")
    answer = rest_client(alice).post(f"{PATH}{callback.pk}/replay/")
    assert answer.status_code == 200, answer.data
    body = answer.json()
    assert (body["callback"]["state"], body["callback"]["attempts"], body["changed"]) == ("done", 1, True)
    rows = {row["row"]: {field["field"]: field for field in row["fields"]} for row in body["rows"]}
    look = rows[f"lesson:{lesson.pk}"]["look"]
    assert (look["before"], look["changed"]) == ("", True)
    assert look["after"]
    assert AuditEntry.objects.get(action="callback.replay").actor == alice


def test_handling_many_again_answers_each(alice: User, school: Enterprise, lesson: Lesson) -> None:
    ids = [told(school, number, state="done").pk for number in range(3)]
    answer = rest_client(alice).post(f"{PATH}replay/", {"ids": ids[:2]}, format="json")
    assert [one["callback"]["id"] for one in answer.json()] == ids[:2]
    assert list(Callback.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 0]


@pytest.mark.parametrize("ids", [[], "x", ["x"], [0], list(range(1, 102)), None])
def test_a_wish_that_names_no_events_or_too_many_is_refused(alice: User, ids: Any) -> None:
    assert rest_client(alice).post(f"{PATH}replay/", {"ids": ids}, format="json").status_code == 400


def test_events_of_another_school_are_not_handled_again(
    charlie: User, alice: User, school: Enterprise
) -> None:
    callback = told(school, state="done")
    assert rest_client(charlie).post(f"{PATH}{callback.pk}/replay/").status_code == 404
    answer = rest_client(charlie).post(f"{PATH}replay/", {"ids": [callback.pk]}, format="json")
    assert answer.status_code == 400
    assert str(callback.pk) in answer.json()["ids"][0]
    assert Callback.objects.get().attempts == 0


def test_a_teacher_handles_nothing_again(bob: User, school: Enterprise) -> None:
    callback = told(school)
    assert rest_client(bob).post(f"{PATH}{callback.pk}/replay/").status_code == 403
    assert rest_client(bob).post(f"{PATH}replay/", {"ids": [callback.pk]}, format="json").status_code == 403
    assert rest_client(bob).get(f"{PATH}health/").status_code == 403


def test_health_tells_what_waits_what_was_refused_and_when_the_last_came(
    alice: User, school: Enterprise, other_school: Enterprise
) -> None:
    told(school, 1)
    told(school, 2, state="quarantined", reason="no_class")
    told(other_school, 3)
    count_refusal(school.pk, "expired")
    answer = rest_client(alice).get(f"{PATH}health/").json()
    assert answer.pop("last_received_at") is not None
    assert answer.pop("lag_seconds") < 60
    assert answer == {
        "waiting": 1,
        "parked": 0,
        "set_aside": 1,
        "refused": {"expired": 1},
        "silent_lessons": 0,
        "spool_files": 0,
        "spool_bad": {},
    }


def test_health_counts_running_lessons_that_no_callback_followed(
    alice: User, bob: User, charlie: User, school: Enterprise
) -> None:
    def silent_lessons(reader: User) -> int:
        return int(rest_client(reader).get(f"{PATH}health/").json()["silent_lessons"])

    create_running_lesson(bob, minutes=20)
    create_running_lesson(bob, minutes=5)
    assert (silent_lessons(alice), silent_lessons(charlie)) == (1, 0)
    told(school, 1)
    assert silent_lessons(alice) == 0
