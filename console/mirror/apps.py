from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from console import policy


class MirrorConfig(AppConfig):
    name = "console.mirror"
    label = "mirror"
    verbose_name = _("Mirror of the service")

    def ready(self) -> None:
        policy.register("drift", of_school="enterprise")
        autodiscover_modules("mirror", "walks", "drift")
