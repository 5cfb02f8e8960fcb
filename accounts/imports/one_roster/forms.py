"""Forms of a OneRoster import: the zip, and its options."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.imports.one_roster.labels import USER_ID_LABELS
from accounts.imports.one_roster.options import RosterOptions
from accounts.models import PeopleImport
from accounts.models.roles import Role
from console.imports.forms import ImportUploadForm, MappingForm


class RosterUploadForm(ImportUploadForm):
    """The zip. Its size is checked before the body is read."""

    file = forms.FileField(
        label=_("Zip file"),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        help_text=_("A OneRoster 1.1 or 1.2 CSV export of one school. This step does not change any data."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


class RosterOptionsForm(MappingForm):
    """Options of an import; its columns are those of OneRoster, so that there is nothing to map."""

    fields: dict[str, Any]
    user_id_from = forms.ChoiceField(
        label=_("User ID of new people"),
        choices=list(USER_ID_LABELS.items()),
        help_text=_(
            "An ID that is longer than 32 characters or has other characters than letters, digits, dots, "
            "hyphens and underscores is shortened: 19 characters of it, a hyphen, and 12 digits that belong "
            "to the OneRoster ID. People who are already known keep their user ID."
        ),
    )
    administrators = forms.BooleanField(
        label=_("New people with an administrator's role become administrators"),
        required=False,
        help_text=_("Otherwise they are rejected. The role of people who are already known never changes."),
    )

    def __init__(self, *args: Any, import_type: Any, source: PeopleImport, **kwargs: Any) -> None:
        initial = RosterOptions.from_mapping(source.options).to_dict()
        forms.Form.__init__(self, *args, **{**kwargs, "initial": initial})
        self.import_type, self.source = import_type, source
        self.columns = []
        if source.by.role != Role.SUPERADMIN:
            del self.fields["administrators"]

    def clean(self) -> dict[str, Any]:
        return forms.Form.clean(self) or self.cleaned_data

    def apply_to_import(self) -> PeopleImport:
        """Set the options on the import without saving; return the import."""
        source: PeopleImport = self.source
        chosen = RosterOptions.from_mapping(source.options).to_dict() | self.cleaned_data
        source.options = {**source.options, **chosen}
        return source
