from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from console import policy


class MirrorConfig(AppConfig):
    name = "console.mirror"
    label = "mirror"
    verbose_name = _("Comparison with iclass")

    def ready(self) -> None:
        """Import here because what waits needs the models."""
        import console.mirror.waiting

        policy.register("drift", of_school="enterprise")
