from django.apps import AppConfig
from django.db.models import Q
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from console import policy


class NoticesConfig(AppConfig):
    name = "console.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        policy.register("notice", of_school="enterprise", own=lambda user: Q(person=user))
        autodiscover_modules("notices")
