from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "console.inbox"
    label = "inbox"
    verbose_name = _("Messages from the service")

    def ready(self) -> None:
        autodiscover_modules("inbound")
