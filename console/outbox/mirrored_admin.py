"""Base admin of mirrored rows: their state at the service, and actions on many rows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console.confirmation import ConfirmationNeeded
from console.policy.admin import SchoolAdmin
from console.policy.admin_forms import ServiceForm
from console.policy.rules import refusal_message

#: Columns that only the mirror writes, shown at the end of each form.
REMOTE_FIELDS = ("remote_id", "sync_state", "sync_explanation", "observed_at", "made_outside")


class MirroredAdmin(SchoolAdmin):
    """Admin of mirrored rows.

    `acts` maps an action of the policy table to its label and its service function. The function is called
    with the row under the name of the resource (`lesson=`, `person=`, `school=`) and with `by`.
    """

    form = ServiceForm
    acts: ClassVar[Mapping[str, tuple[str | Promise, Callable[..., Any]]]] = {}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if IS_POPUP_VAR in request.GET:
            return actions
        offered = {name: act for name, act in self.acts.items() if self.may(request, name)}
        return actions | {
            name: (_admin_action(name), name, label) for name, (label, _service) in offered.items()
        }

    def act(self, request: HttpRequest, rows: Iterable[Any], name: str) -> None:
        """Apply the action `name` to each row, if the user may."""
        _label, service = self.acts[name]

        def do(row: Any) -> None:
            if not self.may(request, name, row):
                raise PermissionDenied(refusal_message(request.user, name, self.resource))
            service(**{self.resource: row}, by=request.user)

        self._each(request, rows, do)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, lambda row: self.service_delete(request, row))

    def _each(self, request: HttpRequest, rows: Iterable[Any], do: Callable[[Any], Any]) -> None:
        """Call `do` with each row. A refusal is shown with the row's name and does not stop the others."""
        done = 0
        for row in rows:
            try:
                do(row)
            except (PermissionDenied, ValidationError) as error:
                texts = error.messages if isinstance(error, ValidationError) else error.args
                if isinstance(error, ConfirmationNeeded):
                    texts = [*texts, gettext("To do it anyway, confirm it on its page in the console.")]
                self.message_user(request, f"{row}: {' '.join(map(str, texts))}", messages.ERROR)
            else:
                done += 1
        if done:
            text = ngettext(
                "%(count)d request has been submitted.", "%(count)d requests have been submitted.", done
            )
            self.message_user(request, text % {"count": done})

    @admin.display(description=_("reason"))
    def sync_explanation(self, row: Any) -> str:
        return f"{row.sync_reason_text.what} {row.sync_reason_text.next}" if row.sync_reason_text else ""


def _admin_action(name: str) -> Callable[[MirroredAdmin, HttpRequest, QuerySet[Any]], None]:
    def run(model_admin: MirroredAdmin, request: HttpRequest, rows: QuerySet[Any]) -> None:
        model_admin.act(request, rows, name)

    return run
