"""`/metrics` for Prometheus: waiting work and the age of the schedule, summed over all schools."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from console.env import version
from console.inbox.metrics import InboxCollector
from console.inbox.models import Callback
from console.outbox.models import Operation, TaskHeartbeat
from console.outbox.states import OPEN_STATES, OperationState
from console.queue_delay import queue_delays


class DatabaseCollector(Collector):
    """Queries the database at each scrape, so that all processes report the same values."""

    def collect(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily(
            "console_operations", "Operations that are not finished", labels=["state"]
        )
        counted = Operation.objects.filter(state__in=(*OPEN_STATES, OperationState.REFUSED)).values_list(
            "state"
        )
        for state, number in counted.annotate(number=Count("pk")):
            waiting.add_metric([state], number)
        yield waiting
        events = GaugeMetricFamily("console_callbacks", "Callbacks that are not handled", labels=["state"])
        unhandled = Callback.objects.exclude(state=Callback.State.DONE).values_list("state")
        for state, number in unhandled.annotate(number=Count("pk")):
            events.add_metric([state], number)
        yield events
        yield from self._schedule()
        late = GaugeMetricFamily(
            "console_queue_late_seconds", "How long the oldest work that is due has waited", labels=["queue"]
        )
        for name, seconds in queue_delays().items():
            late.add_metric([name], seconds)
        yield late
        this = GaugeMetricFamily("console_release", "1 for the version that runs", labels=["version"])
        this.add_metric([version()], 1)
        yield this
        yield from self._lessons()

    def _schedule(self) -> Iterator[Metric]:
        """Yield what shows whether beat still sends, and whether the workers still run what it sends."""
        ran = GaugeMetricFamily(
            "console_beat_age_seconds", "Since a scheduled task last ran", labels=["task"]
        )
        sent = GaugeMetricFamily(
            "console_schedule_age_seconds", "Since beat last sent an entry of its schedule", labels=["entry"]
        )
        for name, at in TaskHeartbeat.objects.values_list("name", "at"):
            prefix, colon, entry = name.partition(":")
            ages = sent if colon else ran
            ages.add_metric([entry or prefix], (timezone.now() - at).total_seconds())
        yield ran
        yield sent

    def _lessons(self) -> Iterator[Metric]:
        """Yield what prevents the lessons of whole schools from being created at iclass."""
        schools: Any = apps.get_model("accounts.Enterprise")
        without = GaugeMetricFamily(
            "console_schools_without_private_key", "Schools of which no lesson can be made at iclass"
        )
        without.add_metric([], schools.objects.filter(private_key__isnull=True).count())
        yield without
        admin = GaugeMetricFamily("console_im_administrator", "1 where ICLASS_ADMIN_ID is set, else 0")
        admin.add_metric([], bool(settings.ICLASS_ADMIN_ID))
        yield admin


def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(InboxCollector())
    registry.register(DatabaseCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
