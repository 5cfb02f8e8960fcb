"""Base form of a section: confirmation of cleared fields, save through the service."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from accounts.models import User
from accounts.school.services import edit_school
from console.policy.edit_forms import OptimisticLockMixin


class SchoolForm(OptimisticLockMixin, forms.ModelForm):
    """Base form of a section. `save_by(by)` saves it through the service."""

    def clean(self) -> dict[str, Any]:
        """Require a confirmation to clear a field that has a remote value."""
        data = super().clean() or {}
        cleared = self._cleared_fields(data)
        if cleared:
            labels = ", ".join(str(self.fields[name].label) for name in cleared)
            self.fields["clear"] = forms.BooleanField(
                label=gettext("Also clear at iclass: %(fields)s") % {"fields": labels}, required=False
            )
            if self.data.get(self.add_prefix("clear")):
                data["clear"] = cleared
            else:
                self.add_error(
                    "clear", gettext("Tick this box to clear the value at iclass too, or enter it again.")
                )
        return data

    def _cleared_fields(self, data: Mapping[str, Any]) -> list[str]:
        """Return the fields that the editor cleared and that have a remote value."""
        observed = self.instance.observed
        edited = self.edited({name: data[name] for name in self.changed_data if name in data})
        return [name for name, value in edited.items() if not value and observed.get(name)]

    def save_by(self, by: User) -> bool:
        """Save the section; return whether it was saved."""
        data = dict(self.cleaned_data)
        clear = data.pop("clear", ())
        data.pop("confirm", None)
        changed = {name: value for name, value in data.items() if name in self.changed_data}
        try:
            edit_school(school=self.instance, by=by, seen=self.seen, clear=clear, **self.to_columns(changed))
        except ValidationError as error:
            self.refuse(error)
            return False
        return True

    def to_columns(self, values: dict[str, Any]) -> dict[str, Any]:
        """Convert form values to the names and units of the columns."""
        return values
