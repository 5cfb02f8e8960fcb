"""The project package as an app: its templates and its translations."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from console import checks
from console.words import name_columns

__all__ = ["ConsoleAdminConfig", "ConsoleConfig", "checks"]


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        name_columns()


class ConsoleAdminConfig(AdminConfig):
    """The Django admin as a site of ours: its doors ask the policy table."""

    default = False
    default_site = "console.site.ConsoleAdminSite"
