"""The list of alarms, and acknowledging one."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from accounts.models import User
from classes.alarms.telling import address_of
from classes.models import Alarm
from classes.wall.troubles import SORTS
from console.audit.trail import record
from console.policy import scoped
from console.policy.pages import SchoolPage, keyset

SHOWN = (("", _("open")), ("all", _("all")))


@transaction.atomic
def acknowledge(*, alarm: Alarm, by: User) -> bool:
    """Somebody takes care of it; False where another one does already."""
    fresh = Alarm.objects.filter(pk=alarm.pk, acknowledged_at=None)
    if not fresh.update(acknowledged_at=timezone.now(), acknowledged_by=by):
        return False
    record("alarm.acknowledge", alarm, by=by)
    return True


class AlarmList(SchoolPage, TemplateView):
    """Open alarms, those that nobody has taken care of first of all; `?show=all` those that are over too."""

    resource, action = "alarm", "list"
    template_name = "classes/alarms/list.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        shown, kind = self.request.GET.get("show", ""), self.request.GET.get("kind", "")
        rows = scoped(Alarm.objects.select_related("lesson", "acknowledged_by"), self.request.user, "alarm")
        if shown == "":
            rows = rows.filter(resolved_at=None, acknowledged_at=None)
        if kind in Alarm.Kind.values:
            rows = rows.filter(kind=kind)
        page = keyset(rows, self.request)
        return super().get_context_data(
            title=_("Alarms"),
            keyset=page,
            lines=[(alarm, address_of(alarm), SORTS.get(alarm.kind)) for alarm in page.rows],
            kinds=Alarm.Kind.choices,
            chosen=kind,
            shown=shown,
            may_acknowledge=self.may("acknowledge"),
            **more,
        )


class AlarmAcknowledge(SchoolPage, View):
    """POST takes care of an alarm and comes back to the list."""

    resource, action = "alarm", "acknowledge"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alarm = self.find(Alarm.objects.all(), pk=pk)
        if acknowledge(alarm=alarm, by=request.user):
            self.say(_("You take care of it."))
        else:
            self.warn(_("Somebody takes care of it already."))
        return redirect("classes:alarms")
