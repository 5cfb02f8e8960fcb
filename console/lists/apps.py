from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy
from console.audit.labels import register_searchable_type


class ListsConfig(AppConfig):
    name = "console.lists"
    label = "lists"
    verbose_name = _("Lists")

    def ready(self) -> None:
        self._import_registrations()
        policy.register(
            "saved_view",
            of_school="enterprise",
            own=lambda user: Q(user=user, is_shared=False),
            seen=lambda user: Q(user=user) | Q(is_shared=True),
        )
        policy.register("waiting", of_school="enterprise", own=lambda user: Q(user=user))
        register_searchable_type("lists.SavedView", order=11)

    def _import_registrations(self) -> None:
        """Import modules that register themselves; they need the models."""
        import console.lists.erasure
        import console.lists.giving
        import console.lists.waiting_marks
