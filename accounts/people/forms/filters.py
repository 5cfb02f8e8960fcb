"""Filters of the list of people, kept in the query string."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import PeopleImportRow, Role, StudentGroup, User
from accounts.models.consent import AgeGroup, ConsentState
from accounts.models.user import WITHOUT_PASSWORD
from accounts.people.grades.filters import GradeFilter
from accounts.people.grades.queries import students_of_grade
from accounts.people.queries import search_people, unarchived_groups
from accounts.sign_in.password_links import waiting_links
from console.inputs.bounds import MAX_ID, parse_ids
from console.outbox.states import SyncState
from console.ui.badges import SYNC_BADGES

#: Choice of an age group or consent that is not recorded.
NONE = "none"


class PeopleFilter(GradeFilter):
    """Filters of people. Unknown values are ignored."""

    fields: dict[str, Any]
    ACTIVE = (("", _("active")), ("no", _("deactivated")), ("all", _("all")))

    LINK = (
        ("", _("all")),
        ("has", _("set")),
        (NONE, _("not set")),
        ("waiting", _("password link not used yet")),
        ("expired", _("password link expired")),
        ("nothing", _("neither password nor valid link")),
    )

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    role = forms.ChoiceField(label=_("Role"), required=False)
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(), label=_("Group"), required=False, empty_label=_("all")
    )
    sync = forms.ChoiceField(label=_("At iclass"), required=False)
    age = forms.ChoiceField(label=_("Age group"), required=False)
    consent = forms.ChoiceField(label=_("Consent"), required=False)
    link = forms.ChoiceField(label=_("Console password"), choices=LINK, required=False)
    source = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID, widget=forms.HiddenInput)
    active = forms.ChoiceField(label=_("Sign-in"), choices=ACTIVE, required=False)

    def __init__(
        self,
        *args: Any,
        groups: QuerySet[StudentGroup],
        school: int | None = None,
        ages: bool = False,
        **kwargs: Any,
    ) -> None:
        """Offer age group and consent with `ages`; otherwise they would tell what the reader may not see."""
        super().__init__(*args, **kwargs)
        self.school = school
        roles = [(role.value, role.label) for role in Role if role != Role.VISITOR]
        self.fields["role"].choices = [("", _("all")), *roles]
        # An archived group is only offered if it is the current filter.
        current = self.data.get("group", "")
        self.fields["group"].queryset = unarchived_groups(groups, and_chosen=parse_ids([current]))
        states = [(state.value, SYNC_BADGES[state].word) for state in SyncState]
        self.fields["sync"].choices = [("", _("all")), *states]
        if ages:
            self.fields["age"].choices = [("", _("all")), *AgeGroup.choices, (NONE, _("not recorded"))]
            self.fields["consent"].choices = [
                ("", _("all")),
                (NONE, _("none recorded")),
                *ConsentState.choices,
            ]
        else:
            del self.fields["age"], self.fields["consent"]

    def narrow(self, people: QuerySet[User], *, phones: bool) -> QuerySet[User]:
        """Return the matching people; with `phones`, words also match the end of a phone number."""
        self.is_valid()
        data = self.cleaned_data
        if role := data.get("role"):
            people = people.filter(role=role)
        if group := data.get("group"):
            people = people.filter(group_entries__group=group)
        if self.grade_chosen:
            people = people.filter(pk__in=students_of_grade(self.grade_chosen))
        if sync := data.get("sync"):
            people = people.filter(sync_state=sync)
        for name, column in (("age", "age_group"), ("consent", "consent")):
            if value := data.get(name):
                people = people.filter(**{column: "" if value == NONE else value})
        if link := data.get("link"):
            people = people.filter(_link_condition(link))
        if source := data.get("source"):
            added = PeopleImportRow.objects.filter(source=source, outcome=PeopleImportRow.Outcome.ADDED)
            people = people.filter(pk__in=added.values("person"))
        if data.get("active") != "all":
            people = people.filter(is_active=data.get("active") != "no")
        return search_people(people, data.get("q", ""), phones=phones, school=self.school)


def _link_condition(choice: str) -> Q:
    """Return the condition of a choice of the filter by password and password link."""
    waiting = waiting_links()
    with_link = Q(pk__in=waiting.values("person"))
    open_link = Q(pk__in=waiting.filter(expires_at__gt=timezone.now()).values("person"))
    return {
        "has": ~WITHOUT_PASSWORD,
        NONE: WITHOUT_PASSWORD,
        "waiting": with_link,
        "expired": with_link & ~open_link,
        "nothing": WITHOUT_PASSWORD & ~open_link,
    }[choice]
