from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from console import policy
from console.audit.net import lay


class AuditConfig(AppConfig):
    name = "console.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        policy.register("audit", of_school="enterprise", own=lambda user: Q(actor=user))
        post_migrate.connect(lay, sender=self, dispatch_uid="audit.net")
