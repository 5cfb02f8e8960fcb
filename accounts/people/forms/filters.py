"""Filters of the list of people, kept in the query string."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, StudentGroup, User
from accounts.people.queries import search_people, unarchived_groups
from console.inputs.bounds import parse_ids
from console.outbox.states import SyncState
from console.ui.badges import SYNC_BADGES


class PeopleFilter(forms.Form):
    """Filters of people. Unknown values are ignored."""

    fields: dict[str, Any]
    ACTIVE = (("", _("active")), ("no", _("deactivated")), ("all", _("all")))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    role = forms.ChoiceField(label=_("Role"), required=False)
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(), label=_("Group"), required=False, empty_label=_("all")
    )
    sync = forms.ChoiceField(label=_("At iclass"), required=False)
    active = forms.ChoiceField(label=_("Sign-in"), choices=ACTIVE, required=False)

    def __init__(
        self, *args: Any, groups: QuerySet[StudentGroup], school: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        roles = [(role.value, role.label) for role in Role if role != Role.VISITOR]
        self.fields["role"].choices = [("", _("all")), *roles]
        # An archived group is only offered if it is the current filter.
        current = self.data.get("group", "")
        self.fields["group"].queryset = unarchived_groups(groups, and_chosen=parse_ids([current]))
        states = [(state.value, SYNC_BADGES[state].word) for state in SyncState]
        self.fields["sync"].choices = [("", _("all")), *states]

    def narrow(self, people: QuerySet[User], *, phones: bool) -> QuerySet[User]:
        """Return the matching people; with `phones`, words also match the end of a phone number."""
        self.is_valid()
        data = self.cleaned_data
        if role := data.get("role"):
            people = people.filter(role=role)
        if group := data.get("group"):
            people = people.filter(group_entries__group=group)
        if sync := data.get("sync"):
            people = people.filter(sync_state=sync)
        if data.get("active") != "all":
            people = people.filter(is_active=data.get("active") != "no")
        return search_people(people, data.get("q", ""), phones=phones, school=self.school)
