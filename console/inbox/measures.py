"""Numbers of the inbox for `/metrics`: the spool of this machine, and what was refused at the door."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.inbox import spool
from console.inbox.models import Refusal


class Door(Collector):
    """The spool is told before anything is asked of the database, which may be away."""

    def collect(self) -> Iterator[Metric]:
        files = GaugeMetricFamily("console_spool_files", "Files of the spool", labels=["state"])
        files.add_metric(["waiting"], spool.waiting())
        for reason, number in spool.bad().items():
            files.add_metric([f"bad_{reason}"], number)
        yield files
        yield GaugeMetricFamily("console_spool_bytes", "Bytes in the spool", value=spool.size())
        refused = GaugeMetricFamily(
            "console_callbacks_refused", "Deliveries refused within a day", labels=["reason"]
        )
        since = timezone.now() - timedelta(days=1)
        counted = Refusal.objects.filter(hour__gte=since).values_list("reason")
        for reason, number in counted.annotate(number=Sum("count")).order_by("reason"):
            refused.add_metric([reason], number)
        yield refused
