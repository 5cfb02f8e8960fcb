"""The pages of the trail: entries, one entry, who has seen personal data, files, the evidence pack."""

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

from console.audit import evidence
from console.audit.export import ENTRY, LOOK, download, entry_rows, look_rows
from console.audit.models import AuditEntry, Seen
from console.audit.search import ORDER, EntryFilter
from console.audit.telling import tell
from console.audit.trail import record
from console.audit.words import seen_words
from console.policy.pages import SchoolPage, keyset
from console.policy.rules import in_school
from console.sheets.xlsx import SheetTooLong


class Entries(SchoolPage):
    """What lists and files of the trail have in common."""

    resource, action = "audit", "list"
    queryset = AuditEntry.objects.order_by(*ORDER)

    @cached_property
    def filter(self) -> EntryFilter:
        return EntryFilter(self.request.GET, school=self.request.user.enterprise)

    @cached_property
    def person(self) -> Any:
        """The person of the school whom the address names, or None."""
        pk = self.filter.chosen.get("person")
        people = in_school(get_user_model()._default_manager.all(), self.request.user, "person")
        return people.filter(pk=pk).first() if pk else None


class TrailList(Entries, ListView):
    """The newest first; paged by key and never counted."""

    template_name = "audit/entries.html"
    paginate_by = None

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = keyset(self.filter.narrow(self.get_queryset()), self.request, by=ORDER)
        return super().get_context_data(
            title=_("Audit trail"),
            search_label=_("Name, login or request"),
            filter_form=self.filter,
            keyset=page,
            lines=tell(page.rows, self.request.user),
            person=self.person,
            may_export=self.may("export"),
            query=self.request.GET.urlencode(),
            object_list=AuditEntry.objects.none(),
            **more,
        )


class EntryPage(SchoolPage, DetailView):
    """One entry with what it changed, side by side, and its place in the chain."""

    resource = "audit"
    queryset = AuditEntry.objects.select_related("link")
    template_name = "audit/entry.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        (told,) = tell([self.object], self.request.user)
        return super().get_context_data(
            title=told.what,
            told=told,
            link=getattr(self.object, "link", None),
            thing_url=self.thing_url(),
            **more,
        )

    def thing_url(self) -> str:
        """Where the thing can be looked at; empty where it is gone or has no page."""
        entry = self.object
        try:
            model = apps.get_model(entry.object_type)
            thing = model._base_manager.filter(pk=int(entry.object_id)).first()
        except (LookupError, ValueError):
            return ""
        of_school = getattr(thing, "enterprise_id", getattr(thing, "pk", None))
        if thing is None or of_school != self.request.user.enterprise_id:
            return ""
        return str(thing.get_absolute_url()) if hasattr(thing, "get_absolute_url") else ""


class LookList(Entries, ListView):
    """Who has seen or exported phones, e-mails, tokens and entry cards; `?person=` narrows it to one."""

    template_name = "audit/looks.html"
    paginate_by = None

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return looks_of(super().get_queryset().filter(looks=True), self.filter)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = keyset(self.get_queryset(), self.request, by=ORDER)
        told = tell(page.rows, self.request.user)
        return super().get_context_data(
            title=_("Who has seen personal data"),
            keyset=page,
            lines=[(one, seen_words((one.entry.after or {}).get("fields", []))) for one in told],
            person=self.person,
            may_export=self.may("export"),
            query=self.request.GET.urlencode(),
            object_list=AuditEntry.objects.none(),
            **more,
        )


def looks_of(entries: QuerySet[AuditEntry], chosen: EntryFilter) -> QuerySet[AuditEntry]:
    """Looks at one person where the address names one; else those that fit the rest of it."""
    person = chosen.chosen.pop("person", None)
    if person is None:
        return chosen.narrow(entries)
    return entries.filter(pk__in=Seen.objects.filter(person_id=person).values("entry_id"))


class EntriesFile(Entries, View):
    """The entries that the address chooses, as a file; itself on the trail."""

    action = "export"
    http_method_names = ["get", "options"]
    kind = "entries"

    def get(self, request: HttpRequest, suffix: str) -> HttpResponseBase:
        rows = AuditEntry.objects.order_by(*ORDER)
        entries = self.allowed_rows(rows)
        chosen = {name: str(value) for name, value in self.filter.chosen.items()}
        record("audit.export", by=request.user, after={"what": self.kind, "chosen": chosen, "file": suffix})
        try:
            return self.file(entries, f".{suffix}")
        except SheetTooLong as error:
            self.warn(str(error))
            return redirect(reverse("audit:entries"))

    def allowed_rows(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return self.filter.narrow(in_school(rows, self.request.user, self.resource))

    def file(self, entries: QuerySet[AuditEntry], suffix: str) -> HttpResponseBase:
        reader = self.request.user
        return download(entry_rows(entries, reader), ENTRY, _("Audit trail"), suffix, reader.enterprise)


class LooksFile(EntriesFile):
    """Who has seen personal data, as a file."""

    kind = "looks"

    def allowed_rows(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return looks_of(in_school(rows.filter(looks=True), self.request.user, self.resource), self.filter)

    def file(self, entries: QuerySet[AuditEntry], suffix: str) -> HttpResponseBase:
        reader = self.request.user
        return download(
            look_rows(entries, reader), LOOK, _("Looks at personal data"), suffix, reader.enterprise
        )


class YearForm(forms.Form):
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        this = timezone.localdate().year
        self.fields["year"].choices = [(year, str(year)) for year in range(this, this - 10, -1)]


class EvidencePage(SchoolPage, TemplateView):
    """The yearly evidence pack: choose the year; with a year in the address the answer is the file."""

    resource, action = "audit", "export"
    http_method_names = ["get", "options"]
    template_name = "audit/evidence.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = YearForm(request.GET) if "year" in request.GET else YearForm()
        if form.is_valid():
            return evidence.download(request.user.enterprise, form.cleaned_data["year"], by=request.user)
        return self.render_to_response({"title": _("Evidence of a year"), "form": form})
