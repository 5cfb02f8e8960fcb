"""Metrics of the inbox for `/metrics`: the spool of this host, and refused deliveries."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.inbox import spool
from console.inbox.models import RefusedDelivery


class InboxCollector(Collector):
    """Collect the spool's metrics before any query, because the database may be unavailable."""

    def collect(self) -> Iterator[Metric]:
        files = GaugeMetricFamily("console_spool_files", "Files of the spool", labels=["state"])
        files.add_metric(["waiting"], spool.count_waiting_files())
        for reason, number in spool.count_bad_files().items():
            files.add_metric([f"bad_{reason}"], number)
        yield files
        yield GaugeMetricFamily("console_spool_bytes", "Bytes in the spool", value=spool.total_bytes())
        refused = GaugeMetricFamily(
            "console_callbacks_refused", "Deliveries refused within a day", labels=["reason"]
        )
        since = timezone.now() - timedelta(days=1)
        counted = RefusedDelivery.objects.filter(hour__gte=since).values_list("reason")
        for reason, number in counted.annotate(number=Sum("count")).order_by("reason"):
            refused.add_metric([reason], number)
        yield refused
