from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from console.vault.checks import check_field_keys


class VaultConfig(AppConfig):
    name = "console.vault"
    label = "vault"
    verbose_name = _("Encrypted values")

    def ready(self) -> None:
        register(check_field_keys)
