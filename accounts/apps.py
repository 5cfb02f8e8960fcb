from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Schools and people")

    def ready(self) -> None:
        self._import_registrations()
        policy.register("school", of_school="pk", own=lambda user: Q(pk=user.enterprise_id))
        policy.register("person", of_school="enterprise", own=lambda user: Q(pk=user.pk))
        policy.register("visit", of_school="enterprise")
        policy.register("import", of_school="enterprise")
        policy.register("export", of_school="enterprise", own=lambda user: Q(by=user))
        policy.register("group", of_school="enterprise", own=lambda user: Q(entries__student=user))

    def _import_registrations(self) -> None:
        """Import modules that register themselves; they need the models."""
        import accounts.bulk.job
        import accounts.imports.export_job
        import accounts.imports.jobs
        import accounts.imports.retention
        import accounts.mirror.differences
        import accounts.mirror.reconcile
        import accounts.models.data_rules
        import accounts.outbound.operations
        import accounts.people.search
        import accounts.school.notification_types
        import accounts.sign_in.checks
        import accounts.sign_in.key_rotation
        import accounts.sign_in.receivers
