"""Audit pages: entries, one entry, access to personal data, exports and the evidence pack."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, TemplateView, View

from console.audit import evidence_pack
from console.audit.export import ACCESS_COLUMNS, ENTRY_COLUMNS, access_rows, download_rows, entry_rows
from console.audit.filters import NEWEST_FIRST, EntryFilter
from console.audit.labels import accessed_fields_text
from console.audit.models import AuditEntry, PersonalDataAccess
from console.audit.presentation import load_readable_entries
from console.audit.trail import record
from console.audit_pages.tables import ACCESS_TABLE, ENTRY_TABLE
from console.lists.views import TableView
from console.policy.rules import in_school
from console.policy.views import SchoolView, paginate_by_key
from console.sheets.xlsx_writer import SheetTooLong


class FilteredEntries(SchoolView):
    """Base of the lists and exports of entries."""

    resource, action = "audit", "list"
    reads_replica = True
    queryset: Any = AuditEntry.objects.order_by(*NEWEST_FIRST)

    @cached_property
    def filter(self) -> EntryFilter:
        return EntryFilter(self.request.GET, school=self.request.user.enterprise)

    @cached_property
    def person(self) -> Any:
        """The person of the school named in the query string, or None."""
        pk = self.filter.chosen.get("person")
        people = in_school(get_user_model()._default_manager.all(), self.request.user, "person")
        return people.filter(pk=pk).first() if pk else None


class EntryList(FilteredEntries, TableView, ListView):
    """List entries, newest first, with keyset pagination and no count."""

    table = ENTRY_TABLE
    template_name = "audit/entries.html"
    paginate_by = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.table_state.order or NEWEST_FIRST
        page = paginate_by_key(self.filter.narrow(self.get_queryset()), self.request, by=order)
        return super().get_context_data(
            title=_("Audit trail"),
            search_label=_("Name, login or request ID"),
            filter_form=self.filter,
            keyset=page,
            lines=load_readable_entries(page.rows, self.request.user),
            person=self.person,
            may_export=self.may("export"),
            query=self.request.GET.urlencode(),
            object_list=AuditEntry.objects.none(),
            **kwargs,
        )


class EntryDetail(SchoolView, DetailView):
    """Show one entry with its changes and its position in the chain."""

    resource = "audit"
    queryset = AuditEntry.objects.select_related("link")
    template_name = "audit/entry.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        (entry,) = load_readable_entries([self.object], self.request.user)
        return super().get_context_data(
            title=entry.what,
            entry=entry,
            link=getattr(self.object, "link", None),
            thing_url=self._object_url(),
            **kwargs,
        )

    def _object_url(self) -> str:
        """Return the URL of the object's page; empty if it no longer exists or has no page."""
        entry = self.object
        try:
            model = apps.get_model(entry.object_type)
            obj = model._base_manager.filter(pk=int(entry.object_id)).first()
        except (LookupError, ValueError):
            return ""
        enterprise_id = getattr(obj, "enterprise_id", getattr(obj, "pk", None))
        if obj is None or enterprise_id != self.request.user.enterprise_id:
            return ""
        return str(obj.get_absolute_url()) if hasattr(obj, "get_absolute_url") else ""


class PersonalDataAccessList(FilteredEntries, TableView, ListView):
    """List who has seen or exported phones, e-mails, tokens and entry cards, of `?person=` or of everyone."""

    table = ACCESS_TABLE
    template_name = "audit/access_log.html"
    paginate_by = None

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return filter_access_entries(super().get_queryset().filter(looks=True), self.filter)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.table_state.order or NEWEST_FIRST
        page = paginate_by_key(self.get_queryset(), self.request, by=order)
        entries = load_readable_entries(page.rows, self.request.user)
        return super().get_context_data(
            title=_("Access to personal data"),
            keyset=page,
            lines=[(one, accessed_fields_text((one.entry.after or {}).get("fields", []))) for one in entries],
            person=self.person,
            may_export=self.may("export"),
            query=self.request.GET.urlencode(),
            object_list=AuditEntry.objects.none(),
            **kwargs,
        )


def filter_access_entries(entries: QuerySet[AuditEntry], chosen: EntryFilter) -> QuerySet[AuditEntry]:
    """Return access to the data of the chosen person, or else the entries that match the filter."""
    person = chosen.chosen.pop("person", None)
    if person is None:
        return chosen.narrow(entries)
    return entries.filter(pk__in=PersonalDataAccess.objects.filter(person_id=person).values("entry_id"))


class EntryExport(FilteredEntries, View):
    """Export the selected entries as a file. The export is recorded in the audit trail."""

    action = "export"
    http_method_names = ["get", "options"]
    kind = "entries"

    def get(self, request: HttpRequest, suffix: str) -> HttpResponseBase:
        rows = AuditEntry.objects.order_by(*NEWEST_FIRST)
        entries = self.allowed_rows(rows)
        if self.filter.has_too_many_people:
            self.warning(" ".join(map(str, self.filter.errors["q"])))
            return redirect(reverse("audit:entries"))
        chosen = {name: str(value) for name, value in self.filter.chosen.items()}
        record("audit.export", by=request.user, after={"what": self.kind, "chosen": chosen, "file": suffix})
        try:
            return self.file(entries, f".{suffix}")
        except SheetTooLong as error:
            self.warning(str(error))
            return redirect(reverse("audit:entries"))

    def allowed_rows(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return self.filter.narrow(in_school(rows, self.request.user, self.resource))

    def file(self, entries: QuerySet[AuditEntry], suffix: str) -> HttpResponseBase:
        reader = self.request.user
        response: HttpResponseBase = download_rows(
            entry_rows(entries, reader), ENTRY_COLUMNS, _("Audit trail"), suffix, reader.enterprise
        )
        return response


class PersonalDataAccessExport(EntryExport):
    """Export access to personal data as a file."""

    kind = "looks"

    def allowed_rows(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return filter_access_entries(
            in_school(rows.filter(looks=True), self.request.user, self.resource), self.filter
        )

    def file(self, entries: QuerySet[AuditEntry], suffix: str) -> HttpResponseBase:
        reader = self.request.user
        response: HttpResponseBase = download_rows(
            access_rows(entries, reader),
            ACCESS_COLUMNS,
            _("Personal data access"),
            suffix,
            reader.enterprise,
        )
        return response


class EvidenceYearForm(forms.Form):
    fields: dict[str, Any]
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = timezone.localdate().year
        self.fields["year"].choices = [(year, str(year)) for year in range(current, current - 10, -1)]


class EvidencePackDownload(SchoolView, TemplateView):
    """Choose the year of an evidence pack; with `?year=` the response is the file."""

    resource, action = "audit", "export"
    http_method_names = ["get", "options"]
    template_name = "audit/evidence.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = EvidenceYearForm(request.GET) if "year" in request.GET else EvidenceYearForm()
        if form.is_valid():
            return evidence_pack.download_pack(
                self.request.user.enterprise, form.cleaned_data["year"], by=self.request.user
            )
        return self.render_to_response({"title": _("Annual audit evidence"), "form": form})
