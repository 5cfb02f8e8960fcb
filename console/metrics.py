"""`/metrics` for Prometheus: what waits, how old the schedule is. Numbers of all schools together."""

from collections.abc import Iterator

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from console.inbox.measures import Door
from console.inbox.models import Callback
from console.outbox.models import Operation, Pulse
from console.outbox.states import OPEN, State


class Rows(Collector):
    """Counted when asked, so that every process tells the same."""

    def collect(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily(
            "console_operations", "Operations that are not finished", labels=["state"]
        )
        counted = Operation.objects.filter(state__in=(*OPEN, State.REFUSED)).values_list("state")
        for state, number in counted.annotate(number=Count("pk")):
            waiting.add_metric([state], number)
        yield waiting
        events = GaugeMetricFamily("console_callbacks", "Callbacks that are not handled", labels=["state"])
        unhandled = Callback.objects.exclude(state=Callback.State.DONE).values_list("state")
        for state, number in unhandled.annotate(number=Count("pk")):
            events.add_metric([state], number)
        yield events
        ages = GaugeMetricFamily(
            "console_beat_age_seconds", "Since a scheduled task last ran", labels=["task"]
        )
        for name, at in Pulse.objects.values_list("name", "at"):
            ages.add_metric([name], (timezone.now() - at).total_seconds())
        yield ages


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers in Prometheus' text form."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Door())
    registry.register(Rows())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
