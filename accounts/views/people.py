"""The list of people."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView

from accounts.forms import PeopleFilter
from accounts.models import StudentGroup, User
from accounts.queries import groups_by_name
from accounts.roles import Role
from console.outbox.states import SyncState
from console.policy import may
from console.policy.pages import SchoolPage, keyset


class PeopleList(SchoolPage, ListView):
    """Search by name, user id, group and, for those who may see it whole, the end of a phone number."""

    resource, action = "person", "list"
    paginate_by = None  # a count of 100,000 people would cost more than the page
    queryset = User.objects.exclude(role=Role.VISITOR).annotate(
        group_names=ArraySubquery(
            StudentGroup.objects.filter(entries__student=OuterRef("pk"), archived_at=None)
            .order_by("name", "id")
            .values("name")
        )
    )
    template_name = "accounts/people.html"

    @cached_property
    def filter(self) -> PeopleFilter:
        reader = self.request.user
        return PeopleFilter(self.request.GET, groups=groups_by_name(reader), school=reader.enterprise_id)

    def get_queryset(self) -> QuerySet[User]:
        return self.filter.narrow(super().get_queryset(), phones=self.may("reveal"))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        phones = _("Name, user id, group, end of phone")
        return super().get_context_data(
            title=_("People"),
            keyset=keyset(self.object_list, self.request, self.object_list.query.order_by),
            group=self.filter.cleaned_data.get("group"),
            may_print=self.may("reveal_token"),
            repeats=self._repeats(),
            search_label=phones if self.may("reveal") else _("Name, user id or group"),
            filter_form=self.filter,
            may_add=self.may("add"),
            may_import=may(self.request.user, "list", "import"),
            may_export=self.may("export"),
            may_change=self.may("change"),
            **more,
        )

    def _repeats(self) -> int:
        """How many were at the service before, with other data, and wait for a decision.

        Told at the head of the whole list alone: who looks for somebody is not asked to decide.
        """
        if self.request.GET or not may(self.request.user, "list", "drift"):
            return 0
        met = super().get_queryset().filter(sync_state=SyncState.CHANGED_OUTSIDE)
        return met.filter(sync_reason="repeat_conflict").count()
