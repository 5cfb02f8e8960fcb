"""Hourly sizes of the queues of each school, kept for some days, and their chart."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.inbox.models import Callback, QueueSample
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES
from console.ui.charts import Chart, ChartSeries, stacked_chart

RETENTION = timedelta(days=14)
#: Hours that the chart shows.
CHART_HOURS = 72
SERIES = (
    ChartSeries("operations", _("waiting to be sent")),
    ChartSeries("callbacks", _("incoming events not handled")),
)
_UNHANDLED = (Callback.State.WAITING, Callback.State.PARKED)


def current_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def sample_queues() -> int:
    """Store the sizes of this hour once for all workers, delete old ones, and return how many were stored."""
    hour = current_hour()
    if QueueSample.objects.filter(hour=hour).exists():
        return 0
    operations = _numbers(Operation.objects.filter(state__in=OPEN_STATES))
    callbacks = _numbers(Callback.objects.filter(state__in=_UNHANDLED))
    schools: Any = apps.get_model("accounts.Enterprise")
    rows = [
        QueueSample(
            enterprise_id=pk, hour=hour, operations=operations.get(pk, 0), callbacks=callbacks.get(pk, 0)
        )
        for pk in schools.objects.values_list("pk", flat=True)
    ]
    QueueSample.objects.bulk_create(rows, ignore_conflicts=True)
    QueueSample.objects.filter(hour__lt=hour - RETENTION).delete()
    return len(rows)


def queue_chart(school: Any) -> Chart | None:
    """Return the sizes of a school's queues over the last days; None before the first sample."""
    since = current_hour() - timedelta(hours=CHART_HOURS)
    samples = QueueSample.objects.filter(enterprise=school, hour__gt=since).order_by("hour")
    items = [
        (
            f"{timezone.localtime(one.hour):%m-%d %H:%M}",
            {"operations": one.operations, "callbacks": one.callbacks},
        )
        for one in samples
    ]
    title = _("Waiting work over the last three days, each hour")
    return stacked_chart("queues", title, _("Time"), SERIES, items) if items else None


def _numbers(rows: QuerySet[Any]) -> dict[int, int]:
    """Return the number of rows by school."""
    return dict(rows.order_by().values_list("enterprise").annotate(number=Count("pk")))
