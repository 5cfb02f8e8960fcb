from django.apps import AppConfig
from django.db.models import Q
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from console import policy


class OutboxConfig(AppConfig):
    name = "console.outbox"
    label = "outbox"
    verbose_name = _("Operations sent to the service")

    def ready(self) -> None:
        policy.register("operation", of_school="enterprise", own=lambda user: Q(created_by=user))
        policy.register("attempt", of_school="operation__enterprise")
        autodiscover_modules("outbound")
