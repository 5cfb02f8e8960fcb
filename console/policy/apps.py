from django.apps import AppConfig
from django.core import checks
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console.policy.checks import every_resource_is_registered
from console.policy.rules import register


class PolicyConfig(AppConfig):
    name = "console.policy"
    label = "policy"
    verbose_name = _("Access")

    def ready(self) -> None:
        checks.register(every_resource_is_registered)
        register("token", of_school="user__enterprise", own=lambda user: Q(user=user))
