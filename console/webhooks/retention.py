"""How long deliveries are kept: finished ones for 30 days; what waits, until it has left."""

from datetime import timedelta

from django.utils import timezone

from console.webhooks.models import OPEN_DELIVERY_STATES, WebhookAttempt, WebhookDelivery

KEPT = timedelta(days=30)
#: Deliveries deleted by one statement.
BATCH = 5000


def delete_old_deliveries() -> int:
    """Delete old deliveries with their attempts; return how many."""
    before, deleted = timezone.now() - KEPT, 0
    old = WebhookDelivery.objects.filter(created_at__lt=before).exclude(state__in=OPEN_DELIVERY_STATES)
    while keys := list(old.order_by("id").values_list("pk", flat=True)[:BATCH]):
        WebhookAttempt.objects.filter(delivery__in=keys).delete()
        deleted += WebhookDelivery.objects.filter(pk__in=keys).delete()[0]
    return deleted
