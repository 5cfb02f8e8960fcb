from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = _("Courseware")

    def ready(self) -> None:
        policy.register("document", of_school="enterprise", own=lambda user: Q(owner=user))
