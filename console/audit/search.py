"""Choosing entries of the trail: by person, thing, act, day and request."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.audit.models import AuditEntry
from console.audit.words import ACTIONS, KINDS, kind_words

#: So many people of one name are looked for.
MOST_PEOPLE = 100
PERSON = "accounts.user"
ORDER = ("-at", "-id")


class EntryFilter(forms.Form):
    """The part of the address that chooses entries; what nobody knows narrows nothing.

    `q` is a name, a login, or the id of a request. `person` is the id of one person: what they did and what
    was done to them. `thing` with `kind` is one row.
    """

    q = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    action = forms.ChoiceField(label=gettext_lazy("Act"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    thing = forms.RegexField(r"\A[0-9]{1,18}\Z", required=False, widget=forms.HiddenInput)
    person = forms.RegexField(r"\A[0-9]{1,18}\Z", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, school: Any = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.school = school
        acts = sorted(((name, str(words)) for name, words in ACTIONS.items()), key=lambda pair: pair[1])
        self.fields["action"].choices = [("", _("all")), *acts]
        self.fields["kind"].choices = [("", _("all")), *((kind, kind_words(kind)) for kind in KINDS)]

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for and can be understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        asked = self.chosen
        if words := asked.get("q", "").strip():
            entries = entries.filter(self._of_words(words))
        if "person" in asked:
            entries = entries.filter(_of_people([int(asked["person"])]))
        if "action" in asked:
            entries = entries.filter(action=asked["action"])
        if "kind" in asked:
            entries = entries.filter(object_type=asked["kind"])
        if "thing" in asked:
            entries = entries.filter(object_id=asked["thing"])
        return in_days(entries, asked.get("since"), asked.get("until"))

    def _of_words(self, words: str) -> Q:
        people = get_user_model()._default_manager.all()
        name, at, number = words.rpartition("@")
        called = Q(nickname__icontains=words) | Q(
            user_id__icontains=name if at and number.isdecimal() else words
        )
        found = people.filter(called, enterprise=self.school) | people.filter(enterprise=None, login=words)
        ids = list(found.order_by().values_list("pk", flat=True)[:MOST_PEOPLE])
        return Q(request_id=words) | _of_people(ids)


def _of_people(ids: list[int]) -> Q:
    """What they did and what was done to them."""
    return Q(actor_id__in=ids) | Q(object_type=PERSON, object_id__in=[str(one) for one in ids])


def in_days(entries: QuerySet[AuditEntry], since: date | None, until: date | None) -> QuerySet[AuditEntry]:
    """Entries of whole days of the active zone, both ends included."""
    if since:
        entries = entries.filter(at__gte=_midnight(since))
    if until and until < date.max:
        entries = entries.filter(at__lt=_midnight(until + timedelta(days=1)))
    return entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
