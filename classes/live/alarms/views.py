"""List and acknowledge alarms."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from accounts.models import User
from classes.live.alarms.notifications import alarm_url
from classes.live.wall.troubles import TROUBLE_TYPES
from classes.models import Alarm
from console.audit.trail import record
from console.policy import scoped
from console.policy.views import SchoolView, paginate_by_key


@transaction.atomic
def acknowledge_alarm(*, alarm: Alarm, by: User) -> bool:
    """Acknowledge an alarm; return False if somebody else did already."""
    unacknowledged = Alarm.objects.filter(pk=alarm.pk, acknowledged_at=None)
    if not unacknowledged.update(acknowledged_at=timezone.now(), acknowledged_by=by):
        return False
    record("alarm.acknowledge", alarm, by=by)
    return True


class AlarmList(SchoolView, TemplateView):
    """Open alarms that nobody acknowledged; with `?show=all` the others too."""

    resource, action = "alarm", "list"
    template_name = "classes/live/alarms/list.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        shown, kind = self.request.GET.get("show", ""), self.request.GET.get("kind", "")
        rows = scoped(Alarm.objects.select_related("lesson", "acknowledged_by"), self.request.user, "alarm")
        if shown == "":
            rows = rows.filter(resolved_at=None, acknowledged_at=None)
        if kind in Alarm.Kind.values:
            rows = rows.filter(kind=kind)
        page = paginate_by_key(rows, self.request)
        return super().get_context_data(
            title=_("Alarms"),
            keyset=page,
            lines=[(alarm, alarm_url(alarm), TROUBLE_TYPES.get(alarm.kind)) for alarm in page.rows],
            kinds=Alarm.Kind.choices,
            chosen=kind,
            shown=shown,
            may_acknowledge=self.may("acknowledge"),
            **more,
        )


class AlarmAcknowledge(SchoolView, View):
    """Acknowledge an alarm and return to the list."""

    resource, action = "alarm", "acknowledge"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alarm = self.get_row(Alarm.objects.all(), pk=pk)
        if acknowledge_alarm(alarm=alarm, by=self.request.user):
            self.success(_("You are handling this."))
        else:
            self.warning(_("Someone else is already handling this."))
        return self.go_back("classes:alarms")
