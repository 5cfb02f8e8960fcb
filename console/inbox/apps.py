from django.apps import AppConfig
from django.db.models import Q
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from console import policy


class InboxConfig(AppConfig):
    name = "console.inbox"
    label = "inbox"
    verbose_name = _("Messages from the service")

    def ready(self) -> None:
        # A callback is the school's, nobody's own.
        policy.register("callback", of_school="enterprise", own=lambda user: Q(pk__in=()))
        autodiscover_modules("inbound", "witness")
