"""Form of a guardian."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Guardian
from accounts.models.phone_number import validate_phone_number
from accounts.people.guardians.services import OPEN_FIELDS, guardian_digest


class GuardianForm(forms.Form):
    """A new guardian, or a stored one whose values are shown in clear."""

    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Enter the guardian's name.")}
    )
    relation = forms.ChoiceField(label=_("Relation"), choices=Guardian.Relation.choices)
    phone_no = forms.CharField(
        label=_("Phone"), required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    e_mail = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    told_attendance = forms.BooleanField(label=_("May be told about attendance"), required=False)
    told_leave = forms.BooleanField(label=_("May be told about leave"), required=False)
    told_school = forms.BooleanField(label=_("May be told about school matters"), required=False)

    def __init__(self, *args: Any, guardian: Guardian | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _stored_values(guardian) if guardian else _first_values()
        super().__init__(*args, **kwargs)

    def clean_phone_no(self) -> str:
        number: str = self.cleaned_data["phone_no"]
        if number:
            validate_phone_number(number)
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("phone_no") and not data.get("e_mail"):
            self.add_error("phone_no", gettext("Enter a phone number or an e-mail address."))
        return data


def _first_values() -> dict[str, Any]:
    return {
        "language": settings.LANGUAGE_CODE,
        "told_attendance": True,
        "told_leave": True,
        "told_school": True,
    }


def _stored_values(guardian: Guardian) -> dict[str, Any]:
    sealed = {name: getattr(guardian, name) for name in ("name", "phone_no", "e_mail")}
    return {
        **{name: getattr(guardian, name) for name in OPEN_FIELDS},
        **{name: value.reveal() if value else "" for name, value in sealed.items()},
        "seen": guardian_digest(guardian),
    }
