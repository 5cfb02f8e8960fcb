"""Forms of a person's age and of consent."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Consent, User
from accounts.models.consent import AgeGroup, ConsentState, age_group_on
from accounts.people import age_and_consent
from console.inputs.forms import BoundedDateField


class AgeForm(forms.Form):
    """The date of birth, or the age group alone."""

    fields: dict[str, Any]
    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    date_of_birth = BoundedDateField(
        label=_("Date of birth"),
        required=False,
        help_text=_("Stored encrypted. The age group follows from it, also after a birthday."),
    )
    age_group = forms.ChoiceField(
        label=_("Age group"),
        required=False,
        choices=[("", _("not recorded")), *AgeGroup.choices],
        help_text=_("Only where the date of birth is not needed."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        kwargs["initial"] = {
            "seen": age_and_consent.age_digest(person),
            "date_of_birth": age_and_consent.birthday_of(person),
            "age_group": age_and_consent.current_age_group(person),
        }
        super().__init__(*args, **kwargs)

    def clean_date_of_birth(self) -> Any:
        born = self.cleaned_data["date_of_birth"]
        if born is not None:
            age_and_consent.check_date_of_birth(born)
        return born

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        born, group = data.get("date_of_birth"), data.get("age_group")
        if born and "age_group" in self.changed_data and group not in ("", age_group_on(born, self._today())):
            text = _("The age group does not match the date of birth. Leave one of them empty.")
            self.add_error("age_group", text)
        return data

    def save_by(self, by: User) -> bool:
        """Save through the service; return False with the errors at their fields."""
        data = dict(self.cleaned_data)
        if not data["date_of_birth"] and "date_of_birth" in self.changed_data:
            data["age_group"] = data["age_group"] if "age_group" in self.changed_data else ""
        return _saved(self, lambda: age_and_consent.record_age(person=self.person, by=by, **data))

    def _today(self) -> Any:
        return age_and_consent.today_at(self.person.enterprise)


class ConsentForm(forms.Form):
    """That consent was given or withdrawn."""

    fields: dict[str, Any]
    state = forms.ChoiceField(label=_("Consent"), choices=ConsentState.choices, widget=forms.RadioSelect)
    day = BoundedDateField(label=pgettext_lazy("consent", "On"))
    guardian = forms.CharField(
        label=_("By whom"),
        max_length=120,
        help_text=_("Name and relation, such as “Li Na, mother”. Stored encrypted."),
        error_messages={"required": _("Enter who gave or withdrew the consent.")},
    )
    how = forms.ChoiceField(label=pgettext_lazy("consent", "How"), choices=Consent.How.choices)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        kwargs["initial"] = {
            "state": ConsentState.GIVEN,
            "day": timezone.localdate(),
            "how": Consent.How.PAPER,
        }
        super().__init__(*args, **kwargs)

    def save_by(self, by: User) -> bool:
        """Save through the service; return False with the errors at their fields."""
        data = self.cleaned_data
        return _saved(self, lambda: age_and_consent.record_consent(person=self.person, by=by, **data))


def _saved(form: forms.Form, save: Any) -> bool:
    try:
        save()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
