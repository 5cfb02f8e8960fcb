from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Schools and people")

    def ready(self) -> None:
        policy.register("school", of_school="pk", own=lambda user: Q(pk=user.enterprise_id))
        policy.register("person", of_school="enterprise", own=lambda user: Q(pk=user.pk))
        policy.register("group", of_school="enterprise", own=lambda user: Q(entries__student=user))
