from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy
from console.audit.labels import register_searchable_type
from console.policy.row_security.row_policies import register_table


class InboxConfig(AppConfig):
    name = "console.inbox"
    label = "inbox"
    verbose_name = _("Messages from iclass")

    def ready(self) -> None:
        from console.inbox import waiting  # noqa: F401 - it registers itself

        # Callbacks belong to the school, not to a person.
        policy.register("callback", of_school="enterprise", own=lambda user: Q(pk__in=()))
        register_table("inbox.QueueSample", rights="SELECT")
        register_searchable_type("inbox.Callback", order=8)
