"""Groups of students."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, ListView

from accounts.forms import GroupFilter, GroupForm
from accounts.models import StudentGroup
from accounts.queries import groups_for
from console.policy.pages import SchoolPage


class GroupList(SchoolPage, ListView):
    """Each group with who is in charge and the number of its students; archived ones on demand."""

    resource, action = "group", "list"
    model = StudentGroup
    template_name = "accounts/groups.html"

    @cached_property
    def filter(self) -> GroupFilter:
        return GroupFilter(self.request.GET)

    def get_queryset(self) -> QuerySet[StudentGroup]:
        return self.filter.narrow(groups_for(self.request.user).select_related("teacher"))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Groups"),
            search_label=_("Name of the group or of who is in charge"),
            filter_form=self.filter,
            may_add=self.may("add"),
            may_export=self.may("export"),
            may_change=self.may("change"),
            **more,
        )


class GroupPage(SchoolPage):
    """What adding and changing have in common."""

    resource = "group"
    model = StudentGroup
    form_class = GroupForm
    template_name = "accounts/group_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "school": self.request.user.enterprise}

    def form_valid(self, form: GroupForm) -> HttpResponse:
        group = form.save_by(self.request.user)
        if group is None:
            return self.form_invalid(form)
        self.say(_("“%(name)s” is saved.") % {"name": group})
        return redirect("accounts:groups")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("accounts:groups"), **more)


class GroupAdd(GroupPage, CreateView):
    action = "add"
    extra_context = {"title": gettext_lazy("Add a group")}
