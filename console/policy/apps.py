from django.apps import AppConfig
from django.core import checks
from django.db.models import Q
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from console.migration_state import refuse_older_version
from console.policy.change_triggers import install_change_triggers
from console.policy.checks import check_database_role, check_resources_registered, check_row_security
from console.policy.row_security.database_role import install_row_security
from console.policy.row_security.row_policies import register_table
from console.policy.rules import register


class PolicyConfig(AppConfig):
    name = "console.policy"
    label = "policy"
    verbose_name = _("Access")

    def ready(self) -> None:
        checks.register(check_resources_registered)
        checks.register(check_database_role, checks.Tags.database)
        checks.register(check_row_security, deploy=True)
        pre_migrate.connect(refuse_older_version, sender=self, dispatch_uid="policy.versions")
        post_migrate.connect(install_row_security, sender=self, dispatch_uid="policy.rows")
        post_migrate.connect(install_change_triggers, sender=self, dispatch_uid="policy.changes")
        register("policy", of_school="enterprise")
        register("token", of_school="user__enterprise", own=lambda user: Q(user=user))
        self._register_tables()

    def _register_tables(self) -> None:
        """Register the tables of other packages that requests need and that belong to no school."""
        register_table("sessions.Session", is_shared=True)
        # Of an operator outside of every school, who has no school.
        own_keys = "{t}.enterprise_id IS NULL AND {t}.user_id = console_user()"
        register_table("policy.IdempotentRequest", extra_rows=own_keys)
        register_table("policy.RowChange", rights="SELECT", extra_readable="console_operator()")
        register_table("contenttypes.ContentType", rights="SELECT", is_shared=True)
        register_table("socialaccount.SocialApp", rights="SELECT", is_shared=True)
