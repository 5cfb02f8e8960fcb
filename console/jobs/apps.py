from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from console import policy


class JobsConfig(AppConfig):
    name = "console.jobs"
    label = "jobs"
    verbose_name = _("Long work")

    def ready(self) -> None:
        policy.register("job", of_school="enterprise")
        autodiscover_modules("work")
