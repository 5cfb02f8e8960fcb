from importlib import import_module

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Schools and people")

    def ready(self) -> None:
        # Imported by its name here, because it needs the models that Django has loaded only now.
        import_module("accounts.sign_in.receivers")
        import_module("accounts.sign_in.checks")
        import_module("accounts.sign_in.rotation")
        import_module("accounts.imports.tidying")
        import_module("accounts.imports.longexport")
        policy.register("school", of_school="pk", own=lambda user: Q(pk=user.enterprise_id))
        policy.register("person", of_school="enterprise", own=lambda user: Q(pk=user.pk))
        policy.register("visit", of_school="enterprise")
        policy.register("import", of_school="enterprise")
        policy.register("export", of_school="enterprise", own=lambda user: Q(by=user))
        policy.register("group", of_school="enterprise", own=lambda user: Q(entries__student=user))
