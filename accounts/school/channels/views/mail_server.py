"""Pages of the mail server, for operators outside of schools."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from accounts.school.channels.forms import MailServerForm, MailTestForm
from accounts.school.channels.services import remove_mail_server, save_mail_server
from accounts.school.channels.testing import check_mail
from console.notifications.channels.mail_server import mail_is_set_up, mail_server
from console.notifications.models import MailServer
from console.policy.edit_views import EditView, RemoveView
from console.policy.views import SchoolView

RESOURCE = "mail_server"


class MailServerPage(SchoolView, TemplateView):
    """Which server applies, and what does not leave without one."""

    resource, action = RESOURCE, "view"
    template_name = "accounts/school/channels/mail_server.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Mail server"),
            server=mail_server(),
            of_environment=settings.EMAIL_IS_SET_UP,
            environment_host=settings.EMAIL_HOST if settings.EMAIL_IS_SET_UP else "",
            is_set_up=mail_is_set_up(),
            form=MailTestForm(initial={"recipient": getattr(self.request.user, "e_mail", "")}),
            **more,
        )


class MailServerEdit(EditView):
    """Enter the mail server."""

    resource, action = RESOURCE, "change"
    form_class = MailServerForm
    saved_message = gettext_lazy("Saved. Send a test e-mail now.")

    def back_url(self) -> str:
        return reverse("accounts:mail_server")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": mail_server() or MailServer()}

    def save(self, form: MailServerForm, by: Any) -> None:
        save_mail_server(by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Enter the mail server"), **more)


class MailServerRemove(RemoveView):
    """Use the server of the environment again."""

    resource, action = RESOURCE, "change"
    saved_message = gettext_lazy("The mail server has been deleted.")

    def back_url(self) -> str:
        return reverse("accounts:mail_server")

    def remove(self, by: Any) -> None:
        remove_mail_server(by=by)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Delete the entered mail server?"),
            detail=_("The server of the environment (EMAIL_URL) is used again, if there is one."),
            submit_label=_("Delete"),
            tone="danger",
            **more,
        )


class MailServerTest(SchoolView, FormView):
    """Send a test e-mail, and say what was answered."""

    resource, action = RESOURCE, "test"
    form_class = MailTestForm
    http_method_names = ["post", "options"]

    def form_valid(self, form: MailTestForm) -> HttpResponse:
        by: Any = self.request.user
        succeeded, text = check_mail(form.cleaned_data["recipient"], by=by)
        (messages.success if succeeded else messages.error)(self.request, text)
        return redirect("accounts:mail_server")

    def form_invalid(self, form: MailTestForm) -> HttpResponse:
        messages.error(self.request, " ".join(form.errors.as_data()["recipient"][0].messages))
        return redirect("accounts:mail_server")
