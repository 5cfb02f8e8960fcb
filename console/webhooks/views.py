"""Pages of the webhooks of a school, for its administrators."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView
from django.views.generic.base import View

from console.policy import current_school, scoped
from console.policy.edit_views import BackView, EditView, RemoveView
from console.policy.views import SchoolView, paginate_by_key
from console.webhooks import services
from console.webhooks.forms import EndpointForm, ResendForm
from console.webhooks.models import OPEN_DELIVERY_STATES, WebhookDelivery, WebhookEndpoint
from console.webhooks.presentation import (
    AttemptRow,
    DeliveryRow,
    EndpointRow,
    delivery_request,
    newest_failure,
)


class EndpointList(SchoolView, TemplateView):
    """The webhooks of the school."""

    resource, action = "webhook", "list"
    template_name = "webhooks/list.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        rows = scoped(WebhookEndpoint.objects.select_related("gate"), self.request.user, "webhook", "list")
        return super().get_context_data(
            title=_("Webhooks"), rows=[EndpointRow(endpoint) for endpoint in rows], **more
        )


class EndpointPage(BackView):
    """Base of the pages of one webhook."""

    resource = "webhook"

    @cached_property
    def endpoint(self) -> WebhookEndpoint:
        rows = WebhookEndpoint.objects.select_related("gate", "enterprise")
        return self.get_row(rows, pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return self.endpoint.get_absolute_url()


@method_decorator(never_cache, name="dispatch")
class SecretView(View):
    """Shows a new secret once. The response is not cached."""

    request: Any

    def show_secret(self, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
        context = {"title": _("The signing secret"), "endpoint": endpoint, "secret": secret}
        return render(self.request, "webhooks/secret.html", context)


class EndpointAdd(EditView, SecretView):
    """Add a webhook, and show its secret."""

    resource, action = "webhook", "add"
    form_class = EndpointForm

    def back_url(self) -> str:
        return reverse("webhooks:endpoints")

    def get_form_kwargs(self) -> dict[str, Any]:
        school = current_school(self.request)
        return super().get_form_kwargs() | {"instance": WebhookEndpoint(enterprise=school)}

    def form_valid(self, form: Any) -> HttpResponse:
        school = current_school(self.request)
        try:
            found = services.add_endpoint(school=school, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
            return self.form_invalid(form)
        return self.show_secret(found, found.secret.reveal())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("New webhook"), **more)


class EndpointEdit(EndpointPage, EditView):
    """Change a webhook."""

    action = "change"
    form_class = EndpointForm
    saved_message = gettext_lazy("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.endpoint}

    def save(self, form: Any, by: Any) -> None:
        services.edit_endpoint(endpoint=self.endpoint, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Edit the webhook “%(name)s”") % {"name": self.endpoint.name}
        return super().get_context_data(title=title, **more)


class EndpointDetail(EndpointPage, FormView):
    """One webhook and its deliveries; its form sends all since a time again."""

    action = "view"
    http_method_names = ["get", "head", "options"]
    form_class = ResendForm
    template_name = "webhooks/endpoint.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        rows = WebhookDelivery.objects.filter(endpoint=self.endpoint)
        if self.request.GET.get("show") == "open":
            rows = rows.filter(state__in=OPEN_DELIVERY_STATES)
        page = paginate_by_key(rows, self.request)
        lines = [DeliveryRow(one, self.endpoint.gate) for one in page.rows]
        return super().get_context_data(
            title=self.endpoint.name,
            endpoint=self.endpoint,
            row=EndpointRow(self.endpoint),
            keyset=page,
            lines=lines,
            failed=newest_failure(self.endpoint),
            is_live=not self.endpoint.gate.paused_for and any(line.is_open for line in lines),
            may_change=self.may("change", self.endpoint),
            **more,
        )


class EndpointResend(EndpointDetail):
    """Send all events since a time again."""

    action = "change"
    http_method_names = ["post", "options"]

    def form_valid(self, form: ResendForm) -> HttpResponse:
        try:
            count = services.resend_since(
                endpoint=self.endpoint, since=form.cleaned_data["since"], by=self.request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        text = ngettext("%(n)d event is sent again.", "%(n)d events are sent again.", count)
        self.success(text % {"n": count})
        return redirect(self.endpoint)


class EndpointRemove(EndpointPage, RemoveView):
    saved_message = gettext_lazy("The webhook has been deleted.")

    def remove(self, by: Any) -> None:
        services.remove_endpoint(endpoint=self.endpoint, by=by)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        return redirect("webhooks:endpoints") if response.status_code == 302 else response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Delete “%(channel)s”?") % {"channel": self.endpoint},
            detail=_("Its secrets and deliveries are deleted. What waits for it is not sent."),
            submit_label=_("Delete"),
            tone="danger",
            **more,
        )


class SecretRotate(EndpointPage, FormView, SecretView):
    """Replace the secret after a confirmation, and show the new one."""

    action = "change"
    form_class = forms.Form
    template_name = "generic/confirm.html"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        return self.show_secret(
            self.endpoint, services.rotate_secret(endpoint=self.endpoint, by=self.request.user)
        )

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Replace the signing secret of “%(name)s”?") % {"name": self.endpoint.name},
            detail=_(
                "For 24 hours events are signed with both. Enter the new secret in the program by then."
            ),
            submit_label=_("Replace the secret"),
            tone="primary",
            **more,
        )


class PostAction(BackView, View):
    """An action of a page. Accepts only POST; a refusal is shown on the page."""

    action = "change"
    http_method_names = ["post", "options"]

    def act(self, by: Any) -> HttpResponse:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return self.act(self.request.user)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
            return redirect(self.back_url())


class EndpointAction(EndpointPage, PostAction):
    """An action of a webhook's page."""


class EndpointTest(EndpointAction):
    action = "test"

    def act(self, by: Any) -> HttpResponse:
        return redirect("webhooks:delivery", services.send_test(endpoint=self.endpoint, by=by).pk)


class EndpointPause(EndpointAction):
    def act(self, by: Any) -> HttpResponse:
        services.pause_by_hand(endpoint=self.endpoint, by=by)
        self.success(_("Paused. Events are kept until you resume."))
        return redirect(self.endpoint)


class EndpointResume(EndpointAction):
    def act(self, by: Any) -> HttpResponse:
        count = services.resume(endpoint=self.endpoint, by=by)
        text = ngettext(
            "Resumed. %(n)d event is being delivered.", "Resumed. %(n)d events are being delivered.", count
        )
        self.success(text % {"n": count})
        return self.go_back(self.endpoint)


class DeliveryPage(BackView):
    """Base of the pages of one delivery."""

    resource = "webhook"

    @cached_property
    def delivery(self) -> WebhookDelivery:
        rows = WebhookDelivery.objects.select_related("endpoint__gate", "endpoint__enterprise")
        return self.get_row(rows, pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("webhooks:delivery", args=[self.delivery.pk])


class DeliveryDetail(DeliveryPage, TemplateView):
    """One delivery: its message, and the answer of each attempt."""

    action = "view"
    template_name = "webhooks/delivery.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        line = DeliveryRow(self.delivery, self.delivery.endpoint.gate)
        keyset = paginate_by_key(self.delivery.tries.all(), self.request)
        return super().get_context_data(
            title=line.label,
            delivery=self.delivery,
            endpoint=self.delivery.endpoint,
            line=line,
            request_text=delivery_request(self.delivery),
            tries=[AttemptRow(one) for one in keyset.rows],
            keyset=keyset,
            may_change=self.may("change", self.delivery),
            **more,
        )


class DeliveryAction(DeliveryPage, PostAction):
    """An action of a delivery's page."""


class DeliveryResend(DeliveryAction):
    def act(self, by: Any) -> HttpResponse:
        services.resend(delivery=self.delivery, by=by)
        self.success(_("It is sent within seconds."))
        return redirect(self.back_url())


class DeliverySkip(DeliveryAction):
    def act(self, by: Any) -> HttpResponse:
        services.skip(delivery=self.delivery, by=by)
        self.success(_("It is not sent. Later events of the same object go on."))
        return redirect(self.back_url())
