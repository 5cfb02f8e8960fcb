"""The forms of an import and an export of people."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.imports.columns import LABELS, Options
from accounts.models import PeopleImport, StudentGroup
from accounts.roles import REGISTRABLE, Role

#: Rows of which the mapping shows what stands in them.
SAMPLES = 3


class UploadForm(forms.Form):
    """The file. Its size is looked at before its body is read (accounts.views.imports)."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text=_("Excel (.xlsx) or CSV, with headings in its first row. Nothing is changed yet."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )


class OptionsForm(forms.Form):
    """What the importer chooses besides the columns."""

    role = forms.ChoiceField(label=_("Role of new people whose row says none"))
    create_groups = forms.BooleanField(label=_("Make groups that are missing"), required=False)
    leave_groups = forms.BooleanField(
        label=_("Take students out of groups that their row does not name"), required=False
    )
    clear_empty = forms.BooleanField(
        label=_("An empty cell clears the value (never name and role)"), required=False
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [(role.value, role.label) for role in REGISTRABLE]

    def options(self) -> Options:
        return Options(**self.cleaned_data)


class MappingForm(forms.Form):
    """Which column of a file fills what, with the first values of each."""

    labels: Mapping[str, str | Promise] = {}

    def __init__(self, *args: Any, source: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.source = source
        choices = [("", _("leave out")), *self.labels.items()]
        samples = list(source.lines.order_by("number").values_list("cells", flat=True)[:SAMPLES])
        self.columns = [f"column_{place}" for place in range(len(source.headings))]
        for place, name in enumerate(self.columns):
            values = [row[place] for row in samples if place < len(row) and row[place]]
            self.fields[name] = forms.ChoiceField(
                label=source.headings[place] or _("Column %(n)d") % {"n": place + 1},
                choices=choices,
                required=False,
                initial=source.columns[place],
                help_text=" · ".join(value[:40] for value in values) or _("no values"),
            )

    def column_fields(self) -> list[Any]:
        return [self[name] for name in self.columns]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [data.get(name, "") for name in self.columns]
        for place, field in enumerate(chosen):
            if field and field in chosen[:place]:
                self.add_error(self.columns[place], _("Another column fills this already."))
        self.examine(chosen)
        return data

    def examine(self, chosen: Sequence[str]) -> None:
        """Raise ValidationError where what is chosen is not enough."""

    def keep(self) -> Any:
        """Put the choice on the import, not saved yet."""
        self.source.columns = [self.cleaned_data[name] for name in self.columns]
        return self.source


class ColumnsForm(MappingForm, OptionsForm):
    """The columns of a file of people, and the options."""

    labels = LABELS

    def __init__(self, *args: Any, source: PeopleImport, **more: Any) -> None:
        super().__init__(*args, source=source, initial=Options.of(source.options).stored(), **more)

    def examine(self, chosen: Sequence[str]) -> None:
        if "user_id" not in chosen:
            raise ValidationError(
                _("Choose the column that holds the user ids: by them people are known."), "no_id"
            )

    def keep(self) -> Any:
        names = [name for name in self.cleaned_data if name not in self.columns]
        self.source.options = {name: self.cleaned_data[name] for name in names}
        return super().keep()


class ExportForm(forms.Form):
    """What leaves the house, and why."""

    FORMATS = ((".xlsx", "Excel (.xlsx)"), (".csv", "CSV (UTF-8)"))

    role = forms.ChoiceField(label=_("Role"), required=False)
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(), label=_("Group"), required=False, empty_label=_("all")
    )
    format = forms.ChoiceField(label=_("Format"), choices=FORMATS, initial=".xlsx")
    contacts = forms.BooleanField(label=_("With phone and e-mail"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        help_text=_(
            "Needed with phone and e-mail. It is kept with your name, and each person's page shows it."
        ),
    )

    def __init__(self, *args: Any, groups: Any, contacts: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        roles = [(role.value, role.label) for role in Role if role != Role.VISITOR]
        self.fields["role"].choices = [("", _("all")), *roles]
        self.fields["group"].queryset = groups
        if not contacts:
            del self.fields["contacts"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("contacts") and not data.get("reason"):
            self.add_error("reason", _("Write why phone and e-mail leave the console."))
        return data
