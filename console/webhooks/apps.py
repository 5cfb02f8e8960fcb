from typing import Any

from django.apps import AppConfig
from django.db.models import QuerySet
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console import policy
from console.audit.change_triggers import register_watched_columns
from console.policy.row_security.row_policies import register_table
from console.ui.menu_counts import register_menu_count
from console.webhooks.triggers import install_triggers


class WebhooksConfig(AppConfig):
    name = "console.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from console.webhooks import notification_types  # noqa: F401 - it registers itself

        policy.register("webhook", of_school="enterprise")
        text = ngettext_lazy("%(n)d webhook is paused", "%(n)d webhooks are paused", "n")
        register_menu_count("webhooks", self._paused, text)
        register_watched_columns("webhooks.WebhookEndpoint", ("name", "url", "events", "personal_data"))
        # The worker writes attempts; requests delete them with their webhook.
        register_table("webhooks.WebhookAttempt", rights="SELECT, DELETE")
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="webhooks.triggers")

    def _paused(self, reader: Any) -> list[QuerySet[Any]]:
        """Return the webhooks that deliver nothing until somebody resumes them."""
        rows = self.get_model("WebhookEndpoint")._default_manager.filter(gate__held_for__len__gt=0)
        return [policy.scoped(rows, reader, "webhook", "list")]
