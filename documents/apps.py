from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = _("Courseware")

    def ready(self) -> None:
        """A teacher's own are those that they own; everybody's are shown to each."""
        own, shared = lambda user: Q(owner=user), Q(permission="public") | Q(owner=None)
        policy.register("document", of_school="enterprise", own=own, seen=lambda user: Q(owner=user) | shared)
