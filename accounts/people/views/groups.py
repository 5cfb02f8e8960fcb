"""Views of groups."""

from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, ListView

from accounts.models import StudentGroup
from accounts.people.charges import with_present_charges
from accounts.people.forms.group import GroupFilter, GroupForm
from accounts.people.queries import groups_for
from accounts.people.tables import GROUP_TABLE
from console.lists.views import TableView
from console.policy import may
from console.policy.views import SchoolView

#: Where groups without a grade stand in the order of grades.
AFTER_ALL_GRADES = 32767


class GroupList(TableView, ListView):
    """List of groups with the person in charge and the number of students."""

    resource, action = "group", "list"
    table = GROUP_TABLE
    model = StudentGroup
    template_name = "accounts/people/groups.html"

    @cached_property
    def filter(self) -> GroupFilter:
        return GroupFilter(self.request.GET, reader=self.request.user)

    def get_queryset(self) -> QuerySet[StudentGroup]:
        reader: Any = self.request.user
        found = self.filter.narrow(groups_for(reader).select_related("grade"))
        found = found.annotate(grade_place=Coalesce("grade__position", Value(AFTER_ALL_GRADES)))
        groups = with_present_charges(found, reader.enterprise)
        order = self.table_state.order
        return groups.order_by(*order) if order else groups

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        return super().get_context_data(
            title=_("Groups"),
            search_label=_("Group name or teacher in charge"),
            filter_form=self.filter,
            may_add=self.may("add"),
            may_export=self.may("export"),
            may_change=self.may("change"),
            may_see_guardians=may(reader, "list", "guardian"),
            may_roll_over=may(reader, "list", "roll_over"),
            **kwargs,
        )


class GroupFormView(SchoolView):
    """Base view for adding and changing a group."""

    resource = "group"
    model = StudentGroup
    form_class: Any = GroupForm
    template_name: str | None = "accounts/people/group_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        generic: Any = super()
        return {**generic.get_form_kwargs(), "school": self.request.user.enterprise}

    def form_valid(self, form: Any) -> HttpResponse:
        group: StudentGroup | None = form.save_by(self.request.user)
        if group is None:
            view: Any = self  # the generic view is among the bases of the subclasses
            invalid: HttpResponse = view.form_invalid(form)
            return invalid
        self.success(_("“%(name)s” has been saved.") % {"name": group})
        return redirect("accounts:groups")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        generic: Any = super()
        context: dict[str, Any] = generic.get_context_data(cancel_url=reverse("accounts:groups"), **kwargs)
        return context


class GroupAdd(GroupFormView, CreateView):
    action = "add"
    extra_context = {"title": gettext_lazy("Add group")}
