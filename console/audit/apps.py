from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from console import policy
from console.audit.change_triggers import install_triggers
from console.policy.row_security.row_policies import register_table


class AuditConfig(AppConfig):
    name = "console.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        policy.register("audit", of_school="enterprise", own=lambda user: Q(actor=user))
        self._register_tables()
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="audit.net")

    def _register_tables(self) -> None:
        """Requests append to the trail. An operator outside of every school sees what they did there."""
        own_entries = "console_operator() AND {t}.actor_id = console_user()"
        register_table("audit.AuditEntry", rights="SELECT, INSERT", extra_rows=own_entries)
        register_table("audit.ChainLink", rights="SELECT")
        register_table("audit.PersonalDataAccess", rights="SELECT, INSERT")
        register_table("audit.PersonKey", rights="SELECT, INSERT, UPDATE")
