"""The cancellation of many lessons is taken back within ten seconds: all of them, or none."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from classes.models import Lesson
from classes.timetable.bulk.job import MAX_TAKEN_BACK, undo_values
from classes.timetable.bulk.undo import cancel_chosen_revocably, undo_many
from console.jobs.models import Job
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.services import hold_school
from tests.classes.factories import create_planned_lesson
from tests.classes.timetable.bulk.conftest import DAY
from tests.support.iclass_service import create_lesson, requests_to
from tests.support.undo_button import press_undo, ticket_on

PATH = "/lessons/many/cancel/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]


@pytest.fixture
def ten_seconds(settings):
    settings.UNDO_S = 10


def cancelled(lessons):
    rows = Lesson.objects.filter(pk__in=[one.pk for one in lessons])
    return rows.exclude(cancelled_at=None).count()


def chosen(lessons):
    return {"chosen": [one.pk for one in lessons], "sure": "1", "reason": "Bob is ill", "tell": "on"}


def cancel(lessons, by):
    rows = Lesson.objects.filter(pk__in=[one.pk for one in lessons])
    return cancel_chosen_revocably(school=by.enterprise, lessons=list(rows), by=by)


def test_many_cancellations_are_taken_back_by_the_button_of_their_message(browse, client, alice, lessons):
    answer = browse(alice, PATH, chosen(lessons))
    assert cancelled(lessons) == 3
    assert min(Operation.objects.values_list("due_at", flat=True)) > timezone.now()
    press_undo(client, answer.url)
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "Taken back. Nothing was sent to iclass." in page
    assert cancelled(lessons) == 0
    assert set(Operation.objects.values_list("state", flat=True)) == {"superseded"}
    assert Job.objects.get(kind="lessons.push").state == "stopped"


def test_if_one_was_claimed_for_sending_none_is_taken_back(alice, lessons):
    job = cancel(lessons, alice)
    assert undo_values(job) is not None
    Operation.objects.filter(subject_id=lessons[2].pk).update(state="sending", attempts=1)
    with pytest.raises(ValidationError, match="来不及撤销"):
        undo_many(job=job, by=alice)
    assert cancelled(lessons) == 3
    assert Operation.objects.filter(state="ready").count() == 2


def test_if_somebody_was_planned_meanwhile_none_is_taken_back(alice, bob, lessons):
    job = cancel(lessons, alice)
    create_planned_lesson(bob, 3 * DAY, conflict_allowed=False, conflict_reason="")
    with pytest.raises(ValidationError, match="已有人另有安排"):
        undo_many(job=job, by=alice)
    assert cancelled(lessons) == 3


def test_lessons_that_stood_beside_each_other_do_so_again(alice, bob, lessons):
    first = lessons[0]
    beside = create_planned_lesson(bob, DAY, conflict_allowed=True, conflict_reason="Two rooms")
    Lesson.objects.filter(pk=beside.pk).update(starts_at=first.starts_at, ends_at=first.ends_at)
    job = cancel([first, beside], alice)
    undo_many(job=job, by=alice)
    assert cancelled([first, beside]) == 0


def test_one_final_cancellation_makes_all_final_and_they_are_sent_at_once(alice, bob, school, lessons):
    make_up = create_planned_lesson(bob, 5 * DAY, makes_up_for=lessons[0])
    assert undo_values(cancel([*lessons[1:], make_up], alice)) is None
    assert max(Operation.objects.values_list("due_at", flat=True)) <= timezone.now()
    hold_school(school, "key")
    assert undo_values(cancel(lessons[:1], alice)) is None


def test_more_lessons_than_the_limit_are_final_and_the_page_says_so(browse, client, alice, bob):
    sentence = f"More than {MAX_TAKEN_BACK} lessons at once cannot be taken back."
    many = [create_planned_lesson(bob, 2 * DAY) for _number in range(MAX_TAKEN_BACK + 1)]
    typed = chosen(many)
    asked = browse(alice, PATH, {"chosen": typed["chosen"]}).content.decode()
    assert sentence in asked
    assert sentence not in browse(alice, PATH, {"chosen": typed["chosen"][1:]}).content.decode()
    answer = browse(alice, PATH, typed)
    page = client.get(answer.url).content.decode()
    assert "/undo/" not in page
    assert max(Operation.objects.values_list("due_at", flat=True)) <= timezone.now()


def test_the_right_is_checked_again_when_many_are_taken_back(browse, client, alice, lessons):
    answer = browse(alice, PATH, chosen(lessons))
    ticket = ticket_on(client, answer.url)
    User.objects.filter(pk=alice.pk).update(role="teacher")
    alice.refresh_from_db()
    assert browse(alice, "/undo/", {"ticket": ticket, "next": "/"}).status_code == 403
    assert cancelled(lessons) == 3


@pytest.mark.django_db(transaction=True)
def test_nothing_reaches_the_service_of_many_that_are_taken_back(connected, iclass, alice, bob):
    made = [create_lesson(bob, alice, starts_at=timezone.now() + days * DAY) for days in (2, 3)]
    relay.drain()
    job = cancel(made, alice)
    assert relay.drain() == 0
    undo_many(job=job, by=alice)
    relay.drain()
    assert not requests_to(iclass, "class/delete")
    assert set(Lesson.objects.values_list("sync_state", flat=True)) == {"in_sync"}
