from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy


class AuditConfig(AppConfig):
    name = "console.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        policy.register("audit", of_school="enterprise", own=lambda user: Q(actor=user))
