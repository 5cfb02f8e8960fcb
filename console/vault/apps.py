from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from console.vault.checks import field_keys_are_usable


class VaultConfig(AppConfig):
    name = "console.vault"
    label = "vault"
    verbose_name = _("Sealed values")

    def ready(self) -> None:
        register(field_keys_are_usable)
