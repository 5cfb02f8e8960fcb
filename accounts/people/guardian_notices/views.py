"""Pages of notifications to guardians, for the office."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import View

from accounts.models import Enterprise, GuardianNotice
from accounts.people.guardian_notices.forms import NoticeSettingsForm
from accounts.people.guardian_notices.queries import not_delivered, with_states
from accounts.people.guardian_notices.services import save_settings, send_notice_again, settings_of
from console.notifications.channels.mail_server import mail_is_set_up
from console.policy import current_school
from console.policy.edit_views import EditView
from console.policy.views import SchoolView, paginate_by_key


class NoticeSettings(EditView):
    """What guardians are told of absences, and what did not leave."""

    resource, action = "channel", "change"
    form_class = NoticeSettingsForm
    template_name = "accounts/people/guardian_notices/settings.html"
    saved_message = gettext_lazy("Saved.")

    @cached_property
    def school(self) -> Enterprise:
        return Enterprise.objects.get(pk=current_school(self.request).pk)

    def back_url(self) -> str:
        return reverse("accounts:guardian_notices")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": settings_of(self.school)}

    def save(self, form: NoticeSettingsForm, by: Any) -> None:
        save_settings(school=self.school, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        keyset = paginate_by_key(not_delivered(self.school), self.request)
        return super().get_context_data(
            title=_("Notifications to guardians"),
            mail=mail_is_set_up(),
            stopped=with_states(keyset.rows),
            keyset=keyset,
            **{**more, "cancel_url": reverse("accounts:channels")},
        )


class NoticeAgain(SchoolView, View):
    """Send a notice that did not leave. Accepts only POST."""

    resource, action = "guardian", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = GuardianNotice.objects.select_related("guardian__person", "enterprise")
        notice = self.get_row(rows, pk=pk)
        by: Any = self.request.user
        if send_notice_again(notice=notice, by=by):
            self.success(_("It is sent again within seconds."))
        else:
            self.success(_("It is being sent already."))
        return redirect("accounts:guardians", notice.guardian.person_id)
