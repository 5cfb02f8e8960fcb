"""Forms of imports: upload and mapping of columns."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: Rows whose values the mapping shows as samples.
SAMPLE_ROWS = 3


class ImportUploadForm(forms.Form):
    """The file. Its size is checked before the body is read (console.imports.views)."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt"}),
        help_text=_(
            "Excel (.xlsx, .xls), OpenDocument (.ods) or CSV, with column headings in the "
            "first row. This step does not change any data."
        ),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )


class MappingForm(forms.Form):
    """Mapping of columns to fields, with sample values."""

    def __init__(self, *args: Any, import_type: Any, source: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.import_type, self.source = import_type, source
        choices = [("", _("do not import")), *import_type.labels.items()]
        samples = list(source.lines.order_by("number").values_list("cells", flat=True)[:SAMPLE_ROWS])
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
        fields = [data.get(name, "") for name in self.columns]
        for place, field in enumerate(fields):
            if field and field in fields[:place]:
                self.add_error(self.columns[place], _("Another column is already mapped to this field."))
        if message := self.import_type.missing_columns_message(fields):
            raise ValidationError(message, "columns")
        return data

    def apply_to_import(self) -> Any:
        """Set the mapping on the import without saving; return the import."""
        self.source.columns = [self.cleaned_data[name] for name in self.columns]
        return self.source
