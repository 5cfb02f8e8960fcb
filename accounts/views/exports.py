"""People and groups as files: at once where one can wait for it, else by a job with a page of its own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, View

from accounts.forms.imports import ExportForm
from accounts.imports import longexport
from accounts.imports.export import export, people_of
from accounts.models import Export, User
from accounts.queries import groups_for, groups_in_use
from console.jobs.pages import Line
from console.policy import may, scoped
from console.policy.pages import SchoolPage

#: Files that the form lists again.
LISTED = 5


class PeopleExport(SchoolPage, FormView):
    """Choose whom, in which form, and whether contacts go along."""

    resource, action = "person", "export"
    form_class = ExportForm
    template_name = "accounts/export.html"
    groups = False

    def get_form_kwargs(self) -> dict[str, Any]:
        contacts = scoped(User.objects.all(), self.request.user, "person", "export").exists()
        groups = groups_in_use(groups_for(self.request.user))
        return {**super().get_form_kwargs(), "groups": groups, "contacts": contacts}

    def form_valid(self, form: ExportForm) -> HttpResponseBase:
        told, by = form.cleaned_data, self.request.user
        whom = {"role": told["role"], "group": told["group"], "groups": self.groups}
        how = {
            "suffix": told["format"],
            "contacts": told.get("contacts", False),
            "reason": told.get("reason", ""),
        }
        people = people_of(by, **whom)
        if longexport.is_long(people):
            return redirect("accounts:export", longexport.begin(by=by, **whom, **how).pk)
        return export(people, by=by, groups=self.groups, **how)

    def mine(self) -> QuerySet[Export]:
        """The last files that were made for this reader and can still be fetched, or are being made."""
        rows = scoped(Export.objects.filter(emptied_at=None), self.request.user, "export", "export")
        return rows.select_related("job")[:LISTED]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Export groups") if self.groups else _("Export people")
        back = reverse("accounts:groups" if self.groups else "accounts:people")
        return super().get_context_data(
            title=title, submit_label=_("Download"), cancel_url=back, mine=self.mine(), **more
        )


class GroupExport(PeopleExport):
    """The students of groups, each with the groups that they are in."""

    resource = "group"
    groups = True


class ExportPage(SchoolPage, DetailView):
    """How far a long export is, and the button that fetches it for whoever asked."""

    resource = "export"
    queryset = Export.objects.select_related("by", "job", "group", "enterprise")
    context_object_name = "source"
    template_name = "accounts/export_file.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        source: Export = self.object
        return super().get_context_data(
            title=_("Export groups") if source.groups else _("Export people"),
            line=Line(source.job) if source.job else None,
            may_fetch=source.is_there and self.may("export", source),
            may_stop=source.job and source.job.is_open and may(self.request.user, "stop", "job", source.job),
            **more,
        )


class ExportFetch(SchoolPage, View):
    """The file, for whoever asked for it."""

    resource, action = "export", "export"
    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        source = self.find(Export.objects.all(), pk=pk)
        try:
            return longexport.fetch(source, by=request.user)
        except ValidationError as error:
            self.warn(" ".join(error.messages))
            return redirect("accounts:export", pk)
