"""List of people."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView

from accounts.models import StudentGroup, User
from accounts.models.roles import Role
from accounts.people.age_and_consent import sees_age
from accounts.people.bulk_actions import bulk_links
from accounts.people.forms.filters import PeopleFilter
from accounts.people.queries import BY_NAME, groups_by_name
from accounts.people.tables import PEOPLE_TABLE
from console.lists.views import TableView
from console.outbox.states import SyncState
from console.policy import may, visible_value
from console.policy.views import paginate_by_key
from console.ui.badges import sync_badge

#: Seconds between refreshes while somebody of the page is being sent to iclass.
REFRESH_S = 3


class PersonRow(NamedTuple):
    """A person of the list in words; `phone` and `email` as far as the reader may see them."""

    person: User
    name: str
    role: str
    gender: str
    phone: str
    email: str


class PeopleList(TableView, ListView):
    """List people; search by name, user ID, group and, if the reader may reveal it, end of phone number."""

    resource, action = "person", "list"
    table = PEOPLE_TABLE
    paginate_by = None  # counting 100,000 people would take longer than rendering the page
    queryset = User.objects.exclude(role=Role.VISITOR).annotate(
        group_names=ArraySubquery(
            StudentGroup.objects.filter(entries__student=OuterRef("pk"), archived_at=None)
            .order_by("sort_name", "name", "id")
            .values("name")
        )
    )
    template_name = "accounts/people/people.html"

    @cached_property
    def filter(self) -> PeopleFilter:
        reader = self.request.user
        return PeopleFilter(
            self.request.GET,
            reader=reader,
            groups=groups_by_name(reader),
            school=reader.enterprise_id,
            ages=sees_age(reader, "list"),
        )

    def get_queryset(self) -> QuerySet[User]:
        return self.filter.narrow(super().get_queryset(), phones=self.may("reveal"))

    def default_sort(self) -> str:
        """Return the sort by name, except for common words, which are found in the order of adding."""
        people: Any = self.object_list
        return "name" if people.query.order_by == BY_NAME else "added"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        phones = _("Name, user ID, group or last digits of the phone")
        people: Any = self.object_list
        page = paginate_by_key(people, self.request, self.table_state.order or people.query.order_by)
        return super().get_context_data(
            title=_("People"),
            keyset=page,
            rows=self._rows(page.rows),
            live_every=REFRESH_S
            if any(sync_badge(one.sync_state).tone == "busy" for one in page.rows)
            else 0,
            many=bulk_links(self.request.user, self.request.GET),
            group=self.filter.cleaned_data.get("group"),
            may_print=self.may("reveal_token"),
            repeats=self._repeats(),
            search_label=phones if self.may("reveal") else _("Name, user ID or group"),
            filter_form=self.filter,
            may_add=self.may("add"),
            may_import=may(self.request.user, "list", "import"),
            may_export=self.may("export"),
            may_change=self.may("change"),
            may_reveal=self.may("reveal"),
            **kwargs,
        )

    def _rows(self, people: Sequence[User]) -> list[PersonRow]:
        reader = self.request.user
        roles, genders = (
            {value: str(label) for value, label in choices} for choices in (Role.choices, User.Gender.choices)
        )
        return [
            PersonRow(
                one,
                str(one),
                roles.get(one.role, one.role),
                genders.get(one.gender, one.gender),
                visible_value(reader, "list", "person", "phone_no", one.phone_no),
                visible_value(reader, "list", "person", "e_mail", one.e_mail),
            )
            for one in people
        ]

    def _repeats(self) -> int:
        """Return the number of people whose user ID existed remotely with other data.

        Only the unfiltered list shows it.
        """
        if self.request.GET or not may(self.request.user, "list", "drift"):
            return 0
        changed = super().get_queryset().filter(sync_state=SyncState.CHANGED_OUTSIDE)
        return changed.filter(sync_reason="repeat_conflict").count()
