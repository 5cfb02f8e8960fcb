"""The project package as an app, for its templates and translations."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from console import checks
from console.inputs import converters, error_messages
from console.ui.admin_labels import set_field_labels

__all__ = ["ConsoleAdminConfig", "ConsoleConfig", "checks"]


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Replace messages first: as this is the first app, there is no field of a model or form yet."""
        error_messages.replace_messages()
        super().import_models()

    def ready(self) -> None:
        set_field_labels()
        converters.register()


class ConsoleAdminConfig(AdminConfig):
    """The Django admin with the console's site, whose admins check the policy table."""

    default = False
    default_site = "console.admin_site.ConsoleAdminSite"
