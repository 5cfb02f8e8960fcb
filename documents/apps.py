from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy
from console.audit.change_triggers import register_watched_columns
from console.audit.labels import register_searchable_type


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = _("Courseware")

    def ready(self) -> None:
        """Register the rules of policy and audit trail, and import modules that register themselves.

        Teachers own their documents; everybody sees the shared ones.
        """
        own, shared = lambda user: Q(owner=user), Q(permission="public") | Q(owner=None)
        policy.register("document", of_school="enterprise", own=own, seen=lambda user: Q(owner=user) | shared)
        register_watched_columns("documents.Document", ("owner", "name", "permission", "deleted_at"))
        register_searchable_type("documents.Document", order=6)
        self._import_registrations()

    def _import_registrations(self) -> None:
        """Import modules that register themselves; they need the models."""
        import documents.held_data
        import documents.mirror.differences
        import documents.mirror.reconcile
        import documents.outbound
        import documents.search
