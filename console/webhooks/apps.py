from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from console import policy
from console.audit.change_triggers import register_watched_columns
from console.policy.row_security.row_policies import register_table
from console.webhooks.triggers import install_triggers


class WebhooksConfig(AppConfig):
    name = "console.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from console.webhooks import notification_types, waiting  # noqa: F401 - they register themselves

        policy.register("webhook", of_school="enterprise")
        register_watched_columns("webhooks.WebhookEndpoint", ("name", "url", "events", "personal_data"))
        # The worker writes attempts; requests delete them with their webhook.
        register_table("webhooks.WebhookAttempt", rights="SELECT, DELETE")
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="webhooks.triggers")
