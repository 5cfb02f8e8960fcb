"""What narrows the list of people, kept in its address."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, StudentGroup, User
from accounts.queries import groups_in_use, search_people
from console.badges import SYNC
from console.outbox.states import SyncState


class PeopleFilter(forms.Form):
    """A value that the address names and nobody knows narrows nothing."""

    ACTIVE = (("", _("active")), ("no", _("deactivated")), ("all", _("all")))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    role = forms.ChoiceField(label=_("Role"), required=False)
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(), label=_("Group"), required=False, empty_label=_("all")
    )
    sync = forms.ChoiceField(label=_("At iclass"), required=False)
    active = forms.ChoiceField(label=_("Sign-in"), choices=ACTIVE, required=False)

    def __init__(
        self, *args: Any, groups: QuerySet[StudentGroup], school: int | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.school = school
        roles = [(role.value, role.label) for role in Role if role != Role.VISITOR]
        self.fields["role"].choices = [("", _("all")), *roles]
        # An archived group is offered to those alone who come from its own line.
        asked = self.data.get("group", "")
        self.fields["group"].queryset = groups_in_use(groups, and_chosen=[asked] if asked.isdecimal() else ())
        states = [(state.value, SYNC[state].word) for state in SyncState]
        self.fields["sync"].choices = [("", _("all")), *states]

    def narrow(self, people: QuerySet[User], *, phones: bool) -> QuerySet[User]:
        """The people who fit; `phones` lets the words match the end of a phone number."""
        self.is_valid()
        chosen = self.cleaned_data
        if role := chosen.get("role"):
            people = people.filter(role=role)
        if group := chosen.get("group"):
            people = people.filter(group_entries__group=group)
        if sync := chosen.get("sync"):
            people = people.filter(sync_state=sync)
        if chosen.get("active") != "all":
            people = people.filter(is_active=chosen.get("active") != "no")
        return search_people(people, chosen.get("q", ""), phones=phones, school=self.school)
