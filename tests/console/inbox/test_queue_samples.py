"""Hourly sizes of the queues, and their chart on the page of incoming events."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.inbox.models import Callback, QueueSample
from console.inbox.queue_samples import RETENTION, current_hour, queue_chart, sample_queues
from console.outbox.models import Operation
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db


def operation(school, **fields):
    values = {"kind": "class.create", "subject_type": "classes.Lesson", "subject_id": 1, "lane": "a"}
    return Operation.objects.create(enterprise=school, **values | fields)


def test_what_waits_is_counted_for_each_school_once_an_hour(school, other_school):
    operation(school)
    operation(school, lane="b")
    operation(other_school, state="refused")
    for number, state in enumerate(("waiting", "parked", "done", "quarantined")):
        Callback.objects.create(enterprise=school, fingerprint=str(number), state=state)
    assert sample_queues() == 2
    assert sample_queues() == 0
    stored = QueueSample.objects.order_by("enterprise_id").values_list(
        "enterprise", "operations", "callbacks"
    )
    assert list(stored) == [(school.pk, 2, 2), (other_school.pk, 0, 0)]


def test_old_ones_are_deleted(school):
    QueueSample.objects.create(
        enterprise=school, hour=current_hour() - RETENTION - timedelta(hours=1), operations=1, callbacks=1
    )
    sample_queues()
    assert QueueSample.objects.get().hour == current_hour()


def test_the_page_of_events_draws_those_of_its_school(alice, charlie, school):
    assert queue_chart(school) is None
    for hours, number in ((1, 7), (80, 90)):
        hour = current_hour() - timedelta(hours=hours)
        QueueSample.objects.create(enterprise=school, hour=hour, operations=number, callbacks=2)
    (chart,) = (
        client_for(alice).get("/sync/received/queues/", headers={"HX-Request": "true"}).context["charts"]
    )
    at = timezone.localtime(current_hour() - timedelta(hours=1), school.tz)
    assert chart.rows == [(f"{at:%m-%d %H:%M}", "7", "2")]
    assert (
        client_for(charlie).get("/sync/received/queues/", headers={"HX-Request": "true"}).context["charts"]
        == []
    )
    assert client_for(alice).get("/sync/received/queues/").url == "/sync/received/"
