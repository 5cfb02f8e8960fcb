from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MirrorConfig(AppConfig):
    name = "console.mirror"
    label = "mirror"
    verbose_name = _("Mirror of the service")

    def ready(self) -> None:
        autodiscover_modules("mirror", "drift")
