"""Export views: small exports are downloaded at once, large ones run as a job with a progress page."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, View

from accounts.imports import export_job
from accounts.imports.export import export_people, exportable_people
from accounts.imports.export_job import may_make
from accounts.imports.forms import ExportForm
from accounts.models import Export, User
from accounts.people.queries import groups_for, unarchived_groups
from console.jobs.views import JobProgress
from console.policy import may, scoped
from console.policy.views import SchoolView, paginate_by_key

#: Exports below the form, on one page of them.
LISTED_EXPORTS = 5


class PeopleExport(SchoolView, FormView):
    """Choose people, format and whether to include contacts."""

    resource, action = "person", "export"
    form_class = ExportForm
    template_name = "accounts/imports/export.html"
    groups = False

    def get_form_kwargs(self) -> dict[str, Any]:
        contacts = scoped(User.objects.all(), self.request.user, "person", "export").exists()
        groups = unarchived_groups(groups_for(self.request.user))
        return {**super().get_form_kwargs(), "groups": groups, "contacts": contacts}

    def form_valid(self, form: ExportForm) -> Any:
        data, by = form.cleaned_data, self.request.user
        filters = {"role": data["role"], "group": data["group"], "groups": self.groups}
        options = {
            "suffix": data["format"],
            "contacts": data.get("contacts", False),
            "reason": data.get("reason", ""),
        }
        people = exportable_people(by, **filters)
        if export_job.needs_job(people):
            return redirect("accounts:export", export_job.start_export(by=by, **filters, **options).pk)
        return export_people(people, by=by, groups=self.groups, **options)

    def kept_exports(self) -> QuerySet[Export]:
        """Return the user's exports that are running or can still be downloaded, the newest first."""
        rows = Export.objects.filter(emptied_at=None, person=None)
        return scoped(rows, self.request.user, "export", "export").select_related("job")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Export groups") if self.groups else _("Export people")
        back = reverse("accounts:groups" if self.groups else "accounts:people")
        keyset = paginate_by_key(self.kept_exports(), self.request, size=LISTED_EXPORTS)
        return super().get_context_data(
            title=title, submit_label=_("Download"), cancel_url=back, keyset=keyset, **kwargs
        )


class GroupExport(PeopleExport):
    """Export the members of groups."""

    resource = "group"
    groups = True


class ExportPage(SchoolView, DetailView):
    """Progress of a background export, and its download button."""

    resource = "export"
    queryset = Export.objects.select_related("by", "job", "group", "enterprise", "person")
    context_object_name = "source"
    template_name = "accounts/imports/export_file.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        source: Export = self.object
        return super().get_context_data(
            title=_export_title(source),
            line=JobProgress(source.job) if source.job else None,
            may_fetch=source.is_available and self.may("export", source) and may_make(source),
            may_stop=source.job and source.job.is_open and may(self.request.user, "stop", "job", source.job),
            **kwargs,
        )


def _export_title(source: Export) -> str:
    if source.person:
        return _("Copy of the data of %(name)s") % {"name": source.person}
    return _("Export groups") if source.groups else _("Export people")


class ExportFetch(SchoolView, View):
    """Download the file, for its requester."""

    resource, action = "export", "export"
    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        source = self.get_row(Export.objects.all(), pk=pk)
        try:
            return export_job.fetch_export(source, by=self.request.user)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
            return redirect("accounts:export", pk)
