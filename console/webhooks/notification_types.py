"""The notification that a webhook was paused."""

from django.utils.translation import gettext_lazy as _

from console.notifications.topics import EmailFrequency, Topic, register_topic
from console.notifications.types import NotificationType, register_type
from console.webhooks.pausing import ADMINISTRATORS

register_topic(
    Topic("webhooks", _("Webhooks that were paused"), ADMINISTRATORS, EmailFrequency.NOW, to_groups=True)
)
register_type(
    NotificationType(
        "webhook.paused",
        _("The webhook “%(name)s” is paused"),
        _("Its address took no events. They are kept. Check the program, then resume the webhook."),
        "webhooks",
        tone="bad",
        icon="webhook-off",
    )
)
