"""Forms of imports and exports of people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.imports.columns import ImportOptions
from accounts.models import PeopleImport, StudentGroup
from accounts.models.roles import REGISTRABLE, Role
from console.imports.forms import MappingForm


class ColumnsForm(MappingForm):
    """Mapping and options of an import of people."""

    fields: dict[str, Any]
    role = forms.ChoiceField(label=_("Role for new people without a role in the file"))
    create_groups = forms.BooleanField(label=_("Create missing groups"), required=False)
    leave_groups = forms.BooleanField(
        label=_("Remove students from groups not listed in their row"), required=False
    )
    clear_empty = forms.BooleanField(
        label=_("Empty cells clear the value (except name and role)"), required=False
    )

    def __init__(self, *args: Any, source: PeopleImport, **kwargs: Any) -> None:
        initial = ImportOptions.from_mapping(source.options).to_dict()
        super().__init__(*args, source=source, initial=initial, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in REGISTRABLE]

    def apply_to_import(self) -> Any:
        names = [name for name in self.cleaned_data if name not in self.columns]
        self.source.options = {name: self.cleaned_data[name] for name in names}
        return super().apply_to_import()


class ExportForm(forms.Form):
    """Filters and format of an export, and the reason to include contacts."""

    fields: dict[str, Any]
    FORMATS = ((".xlsx", "Excel (.xlsx)"), (".csv", "CSV (UTF-8)"))

    role = forms.ChoiceField(label=_("Role"), required=False)
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(), label=_("Group"), required=False, empty_label=_("all")
    )
    format = forms.ChoiceField(label=_("Format"), choices=FORMATS, initial=".xlsx")
    contacts = forms.BooleanField(label=_("With phone, e-mail, age and consent"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        help_text=_(
            "Required when phone, e-mail, age and consent are included. The reason is recorded with your "
            "name and shown on each person's page."
        ),
    )

    def __init__(self, *args: Any, groups: Any, contacts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.value, role.label) for role in Role if role != Role.VISITOR]
        self.fields["role"].choices = [("", _("all")), *roles]
        self.fields["group"].queryset = groups
        if not contacts:
            del self.fields["contacts"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("contacts") and not data.get("reason"):
            self.add_error("reason", _("Enter a reason for exporting phone, e-mail, age and consent."))
        return data
