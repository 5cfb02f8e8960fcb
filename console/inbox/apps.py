from typing import Any

from django.apps import AppConfig
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console import policy
from console.audit.labels import register_searchable_type
from console.policy.row_security.row_policies import register_table
from console.ui.menu_counts import register_menu_count


class InboxConfig(AppConfig):
    name = "console.inbox"
    label = "inbox"
    verbose_name = _("Messages from iclass")

    def ready(self) -> None:
        # Callbacks belong to the school, not to a person.
        policy.register("callback", of_school="enterprise", own=lambda user: Q(pk__in=()))
        register_table("inbox.QueueSample", rights="SELECT")
        register_searchable_type("inbox.Callback", order=8)
        text = ngettext_lazy("%(n)d failed event", "%(n)d failed events", "n")
        register_menu_count("callbacks", self._failed_callbacks, text)

    def _failed_callbacks(self, reader: Any) -> list[QuerySet[Any]]:
        """Return the callbacks that were set aside because their processing failed again and again."""
        rows = self.get_model("Callback")._default_manager.filter(state="quarantined")
        return [policy.scoped(rows, reader, "callback", "list")]
