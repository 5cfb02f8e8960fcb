from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from console.policy.checks import every_resource_is_registered, the_role_of_the_web_is_there
from console.policy.rows.roles import lay
from console.policy.rules import register
from console.policy.scope import on_new_connection


class PolicyConfig(AppConfig):
    name = "console.policy"
    label = "policy"
    verbose_name = _("Access")

    def ready(self) -> None:
        checks.register(every_resource_is_registered)
        checks.register(the_role_of_the_web_is_there, checks.Tags.database)
        post_migrate.connect(lay, sender=self, dispatch_uid="policy.rows")
        connection_created.connect(on_new_connection, dispatch_uid="policy.scope")
        register("policy", of_school="enterprise")
        register("token", of_school="user__enterprise", own=lambda user: Q(user=user))
