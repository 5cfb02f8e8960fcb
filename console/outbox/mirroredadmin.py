"""What the Django admin of every mirrored row has: its state at the service, and acts on many rows."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console.policy.admin import SchoolAdmin
from console.policy.adminforms import ServiceForm

#: Columns that only the mirror writes, for the foot of each form.
AT_THE_SERVICE = ("remote_id", "sync_state", "sync_sentence", "observed_at", "made_outside")


class MirroredAdmin(SchoolAdmin):
    """Admin of rows that the service has too. `acts` maps an action's name to its service(row, by)."""

    form = ServiceForm

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.school = request.user.enterprise
        return form

    @admin.display(description=_("reason"))
    def sync_sentence(self, row: Any) -> str:
        return f"{row.sync_words.what} {row.sync_words.next}" if row.sync_words else ""

    def act(
        self, request: HttpRequest, rows: QuerySet[Any], action: str, service: Callable[[Any, Any], Any]
    ) -> None:
        """Do one thing to each row that the reader may do it to; what a service refuses is said by name."""
        done = 0
        for row in rows:
            if not self.may(request, action, row):
                self.message_user(
                    request, gettext("%(row)s: your role does not allow it.") % {"row": row}, messages.WARNING
                )
                continue
            try:
                service(row, request.user)
                done += 1
            except ValidationError as error:
                self.message_user(request, f"{row}: {' '.join(error.messages)}", messages.ERROR)
        if done:
            text = ngettext("%(count)d request is on its way.", "%(count)d requests are on their way.", done)
            self.message_user(request, text % {"count": done})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.act(request, queryset, "delete", lambda row, by: self.service_delete(request, row))
