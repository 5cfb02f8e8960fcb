"""A webhook of the sample school, whose address the console refuses to call, and a delivery that waits."""

from typing import Any

from accounts.models import Enterprise
from console.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookGate


def create_webhook(school: Enterprise) -> dict[str, Any]:
    """Create both; return them by subject."""
    endpoint = WebhookEndpoint.objects.create(
        enterprise=school, name="Portal", url="https://127.0.0.1:1/", secret="whsec_c2VjcmV0"
    )
    WebhookGate.objects.create(endpoint=endpoint)
    delivery = WebhookDelivery.objects.create(
        enterprise=school,
        endpoint=endpoint,
        event="lesson.changed",
        object="lesson:1",
        lane=f"{endpoint.pk}:1",
    )
    return {"webhook": endpoint, "webhook delivery": delivery}
