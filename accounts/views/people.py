"""The list of people."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView

from accounts.forms import PeopleFilter
from accounts.models import User
from accounts.queries import groups_for
from accounts.roles import Role
from console.policy.pages import SchoolPage


class PeopleList(SchoolPage, ListView):
    """Search by name, user id, group and, for those who may see it whole, the end of a phone number."""

    resource, action = "person", "list"
    queryset = User.objects.exclude(role=Role.VISITOR).prefetch_related("student_groups")
    template_name = "accounts/people.html"

    @cached_property
    def filter(self) -> PeopleFilter:
        return PeopleFilter(self.request.GET, groups=groups_for(self.request.user))

    def get_queryset(self) -> QuerySet[User]:
        people = self.filter.narrow(super().get_queryset(), phones=self.may("reveal"))
        return people.order_by("nickname", "id")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        phones = _("Name, user id, group, end of phone")
        return super().get_context_data(
            title=_("People"),
            search_label=phones if self.may("reveal") else _("Name, user id or group"),
            filter_form=self.filter,
            may_add=self.may("add"),
            may_change=self.may("change"),
            **more,
        )
