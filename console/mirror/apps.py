from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from console import policy


class MirrorConfig(AppConfig):
    name = "console.mirror"
    label = "mirror"
    verbose_name = _("Comparison with iclass")

    def ready(self) -> None:
        """Import here because the filters need the models."""
        import console.mirror.filters

        policy.register("drift", of_school="enterprise")
