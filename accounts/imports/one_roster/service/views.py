"""Pages of the OneRoster service of a school."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from django.views.generic.base import View

from accounts.imports.one_roster.service.forms import ConnectionForm
from accounts.imports.one_roster.service.runs import FETCH_JOB, failure_text, start_run
from accounts.imports.one_roster.service.settings import (
    check_connection,
    connection_of,
    remove_connection,
    save_connection,
)
from accounts.models import Enterprise, RosterConnection
from console.jobs.models import Job
from console.jobs.views import JobProgress
from console.policy import current_school
from console.policy.edit_views import BackView, EditView, RemoveView


class ConnectionBase(BackView):
    """Base of the pages; all lead back to that of the service."""

    resource = "import"
    action = "change"

    @cached_property
    def school(self) -> Enterprise:
        return Enterprise.objects.get(pk=current_school(self.request).pk)

    @cached_property
    def connection(self) -> RosterConnection | None:
        return connection_of(self.school)

    def back_url(self) -> str:
        return reverse("accounts:roster_service")


class ConnectionPage(ConnectionBase, TemplateView):
    """The service, its last run, and what can be done."""

    action = "list"
    template_name = "accounts/imports/one_roster/service.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        connection = self.connection
        run = None
        if connection is not None:
            runs = Job.objects.filter(kind=FETCH_JOB, args__connection=connection.pk).order_by("-id")
            run = runs.select_related("created_by").first()
        return super().get_context_data(
            title=_("OneRoster service"),
            connection=connection,
            run=JobProgress(run) if run else None,
            failure=failure_text(connection.failure) if connection and connection.failure else "",
            live_every=2 if run and run.is_open else 0,
            **more,
        )


class ConnectionEdit(ConnectionBase, EditView):
    """Enter the service, or change it."""

    form_class = ConnectionForm
    saved_message = gettext_lazy("Saved. Test it now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        instance = self.connection or RosterConnection(enterprise=self.school)
        return super().get_form_kwargs() | {"instance": instance}

    def save(self, form: ConnectionForm, by: Any) -> None:
        save_connection(school=self.school, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("OneRoster service"), **more)


class ConnectionAct(ConnectionBase, View):
    """Base of what a button does with a service that is set up."""

    http_method_names = ["post", "options"]

    def act(self, connection: RosterConnection) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.connection is not None:
            self.act(self.connection)
        return redirect(self.back_url())


class ConnectionTest(ConnectionAct):
    """Ask the service for a token and for classes."""

    def act(self, connection: RosterConnection) -> None:
        result = check_connection(connection)
        (messages.success if result.succeeded else messages.error)(self.request, result.message)


class ConnectionRun(ConnectionAct):
    """Read the service now."""

    def act(self, connection: RosterConnection) -> None:
        start_run(connection=connection, by=self.request.user, full=self.request.POST.get("full") == "yes")


class ConnectionRemove(ConnectionBase, RemoveView):
    """Delete the settings, after a question."""

    saved_message = gettext_lazy("The settings of the service have been deleted.")

    def remove(self, by: Any) -> None:
        if self.connection is not None:
            remove_connection(connection=self.connection, by=by)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Delete the settings of the OneRoster service?"),
            detail=_(
                "The client secret is deleted and nothing is read any more. People, groups and terms stay."
            ),
            submit_label=_("Delete"),
            tone="danger",
            **more,
        )
