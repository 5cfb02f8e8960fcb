"""The settings of a school, a form for each section of its page."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Enterprise, User


class SchoolForm(forms.ModelForm):
    """A section of the settings. `save_by(by)` saves it through the service."""

    def clean(self) -> dict[str, Any]:
        """Emptying what iclass keeps as well is an act of its own, with a box to tick."""
        data = super().clean()
        emptied = self._emptied(data)
        if emptied:
            labels = ", ".join(str(self.fields[name].label) for name in emptied)
            self.fields["clear"] = forms.BooleanField(
                label=gettext("Empty at iclass too: %(fields)s") % {"fields": labels}, required=False
            )
            if self.data.get(self.add_prefix("clear")):
                data["clear"] = emptied
            else:
                self.add_error("clear", gettext("Tick this to empty it at iclass too, or fill it in again."))
        return data

    def _emptied(self, data: Mapping[str, Any]) -> list[str]:
        """Fields that iclass holds a value of and that were left empty."""
        observed = self.instance.observed
        return [name for name in self.changed_data if not data.get(name, True) and observed.get(name)]

    def save_by(self, by: User) -> bool:
        """Whether it could be saved."""
        data = dict(self.cleaned_data)
        clear = data.pop("clear", ())
        touched = {name: value for name, value in data.items() if name in self.changed_data}
        try:
            services.edit_school(school=self.instance, by=by, clear=clear, **self.stored(touched))
        except ValidationError as error:
            self.add_error(None, " ".join(error.messages))
            return False
        return True

    def stored(self, touched: dict[str, Any]) -> dict[str, Any]:
        """What was typed, in the units of the columns."""
        return touched


@cache
def zones() -> list[tuple[str, str]]:
    """Names of places, as people know them from their telephone."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name]


class GeneralForm(SchoolForm):
    zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("All times of the pages, files and messages of your school are told in it."),
    )

    class Meta:
        model = Enterprise
        fields = ("name", "contact_user", "phone_no", "e_mail")
        labels = {"name": _("Name of the school")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["zone"].choices = zones()
        self.initial.setdefault("zone", self.instance.zone)


class KeysForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = ("tic_key",)
        help_texts = {
            "tic_key": _(
                "The vendor changes it; enter the new one here afterwards. "
                "Messages signed with the last one are still accepted."
            )
        }


class RulesForm(SchoolForm):
    """Minutes are typed, seconds are kept."""

    MINUTES = {"late_after_s": "late_after", "early_leave_s": "early_leave"}

    late_after = forms.FloatField(
        label=_("Late after (minutes)"),
        min_value=0,
        max_value=240,
        help_text=_("Counted from the planned start, or from when the teacher really began."),
    )
    early_leave = forms.FloatField(label=_("Left early (minutes before the end)"), min_value=0, max_value=240)

    class Meta:
        model = Enterprise
        fields = ("present_share",)
        help_texts = {
            "present_share": _("Who was there for a smaller part of the lesson counts as absent."),
        }

    field_order = ("late_after", "early_leave", "present_share")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for column, name in self.MINUTES.items():
            self.initial[name] = f"{getattr(self.instance, column) / 60:g}"

    def stored(self, touched: dict[str, Any]) -> dict[str, Any]:
        names = {name: column for column, name in self.MINUTES.items()}
        return {
            names.get(name, name): round(value * 60) if name in names else value
            for name, value in touched.items()
        }


#: The sections of the settings that have a form, by the word in their address.
SECTIONS: dict[str, tuple[Any, type[SchoolForm]]] = {
    "general": (_("General"), GeneralForm),
    "keys": (_("Keys"), KeysForm),
    "rules": (_("Rules of attendance"), RulesForm),
}
