"""People and groups as files."""

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts.forms.imports import ExportForm
from accounts.imports.export import export
from accounts.models import User
from accounts.queries import groups_for, groups_in_use
from accounts.roles import Role
from console.policy import scoped
from console.policy.pages import SchoolPage


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
        told = form.cleaned_data
        return export(
            self.people(told["role"], told["group"]),
            by=self.request.user,
            suffix=told["format"],
            contacts=told.get("contacts", False),
            reason=told.get("reason", ""),
            groups=self.groups,
        )

    def people(self, role: str, group: Any) -> QuerySet[User]:
        people = User.objects.exclude(role=Role.VISITOR).filter(erased_at=None)
        people = scoped(people, self.request.user, "person", "export")
        if role:
            people = people.filter(role=role)
        return people.filter(group_entries__group=group) if group else people

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Export groups") if self.groups else _("Export people")
        back = reverse("accounts:groups" if self.groups else "accounts:people")
        return super().get_context_data(title=title, submit_label=_("Download"), cancel_url=back, **more)


class GroupExport(PeopleExport):
    """The students of groups, each with the groups that they are in."""

    resource = "group"
    groups = True
