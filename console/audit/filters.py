"""Filter of audit entries by person, object, action, day and request."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.audit.field_labels import PERSON_MODEL
from console.audit.labels import ACTION_LABELS, object_type_label, searchable_types
from console.audit.models import AuditEntry
from console.inputs.forms import BoundedDateField

#: The most people that a search by name considers; with more of them it fails.
MAX_PEOPLE = 100
TOO_MANY = "too_many_people"
NEWEST_FIRST = ("-at", "-id")


class EntryFilter(forms.Form):
    """Select entries by the query string; unknown values are ignored.

    `q` is a name, a login or a request ID. `person` is the ID of one person and selects what they did and
    what was done to them. `thing` with `kind` is one row.
    """

    fields: dict[str, Any]
    q = forms.CharField(
        label=gettext_lazy("Name, login or request ID"),
        required=False,
        max_length=64,
        widget=forms.HiddenInput,
    )
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Object"), required=False)
    since = BoundedDateField(label=gettext_lazy("Start day"), required=False)
    until = BoundedDateField(label=gettext_lazy("Final day"), required=False)
    thing = forms.RegexField(r"\A[0-9]{1,18}\Z", required=False, widget=forms.HiddenInput)
    person = forms.RegexField(r"\A[0-9]{1,18}\Z", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, school: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        labels = ((name, str(label)) for name, label in ACTION_LABELS.items())
        self.fields["action"].choices = [("", _("all")), *sorted(labels, key=lambda pair: pair[1])]
        self.fields["kind"].choices = [
            ("", _("all")),
            *((kind, object_type_label(kind)) for kind in searchable_types()),
        ]

    @property
    def chosen(self) -> dict[str, Any]:
        """The valid values that are not empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Return the matching entries; none, and an error at `q`, if its name fits too many people."""
        chosen = self.chosen
        if text := chosen.get("q", "").strip():
            people = self._people_named(text)
            if len(people) > MAX_PEOPLE:
                self.add_error("q", _too_many_people())
                return entries.none()
            entries = entries.filter(Q(request_id=text) | entries_about(people))
        if "person" in chosen:
            entries = entries.filter(entries_about([int(chosen["person"])]))
        if "action" in chosen:
            entries = entries.filter(action=chosen["action"])
        if "kind" in chosen:
            entries = entries.filter(object_type=chosen["kind"])
        if "thing" in chosen:
            entries = entries.filter(object_id=chosen["thing"])
        return filter_days(entries, chosen.get("since"), chosen.get("until"))

    @property
    def has_too_many_people(self) -> bool:
        """Whether `narrow` found nothing because a name fits too many people."""
        return self.has_error("q", TOO_MANY)

    def _people_named(self, text: str) -> list[int]:
        people = get_user_model()._default_manager.all()
        user_id, at, sdkappid = text.rpartition("@")
        by_name = Q(nickname__icontains=text) | Q(
            user_id__icontains=user_id if at and sdkappid.isdecimal() else text
        )
        found = people.filter(by_name, enterprise=self.school) | people.filter(enterprise=None, login=text)
        return list(found.order_by().values_list("pk", flat=True)[: MAX_PEOPLE + 1])


def _too_many_people() -> ValidationError:
    text = _("More than %(n)d people match this name. Enter more of it, or open the entries of one person.")
    return ValidationError(text % {"n": MAX_PEOPLE}, code=TOO_MANY)


def entries_about(ids: list[int]) -> Q:
    """Match what these people did and what was done to them."""
    return Q(actor_id__in=ids) | Q(object_type=PERSON_MODEL, object_id__in=[str(pk) for pk in ids])


def filter_days(
    entries: QuerySet[AuditEntry], since: date | None, until: date | None
) -> QuerySet[AuditEntry]:
    """Return entries of whole days in the active time zone, both ends included."""
    if since:
        entries = entries.filter(at__gte=_midnight(since))
    if until:
        entries = entries.filter(at__lt=_midnight(until + timedelta(days=1)))
    return entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
