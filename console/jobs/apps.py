from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from console import policy


class JobsConfig(AppConfig):
    name = "console.jobs"
    label = "jobs"
    verbose_name = _("Background jobs")

    def ready(self) -> None:
        policy.register("job", of_school="enterprise")
