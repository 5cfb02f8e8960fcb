from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console import policy
from console.ui.waiting import register_waiting


class NotificationsConfig(AppConfig):
    name = "console.notifications"
    label = "notices"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from console.notifications.services import unread_notices

        policy.register("channel", of_school="enterprise")
        policy.register("mail_server", of_school="pk")
        policy.register("notice", of_school="enterprise", own=lambda user: Q(person=user))
        words = ngettext_lazy("%(n)s new notification", "%(n)s new notifications", "n")
        register_waiting("notices", unread_notices, words)
