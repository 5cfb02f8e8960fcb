"""Form fields of the plain settings of a lesson, built from the table of fields."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from classes.lessons.fields import SETTINGS, LessonField, Number, Switch

PLAIN = tuple(field for field in SETTINGS if isinstance(field, Switch | Number))
UNCHANGED = ("", _("no change"))
SWITCH_CHOICES = (UNCHANGED, ("yes", _("on")), ("no", _("off")))


class SettingsForm(forms.Form):
    """Has the plain settings after `record_types`, which the form declares itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(self.fields)
        place = names.index("record_types") + 1
        self.fields.update({field.name: self.setting_field(field) for field in PLAIN})
        self.order_fields([*names[:place], *(field.name for field in PLAIN), *names[place:]])

    def setting_field(self, setting: LessonField) -> forms.Field:
        """Return the form field of a setting of one lesson."""
        label: Any = setting.title
        if isinstance(setting, Number):
            return forms.IntegerField(
                label=label,
                min_value=setting.minimum,
                max_value=setting.maximum,
                initial=setting.default,
                required=not setting.optional,
            )
        return forms.BooleanField(label=label, required=False)

    @property
    def switches(self) -> list[BoundField]:
        return [self[field.name] for field in PLAIN if isinstance(field, Switch)]

    @property
    def numbers(self) -> list[BoundField]:
        return [self[field.name] for field in PLAIN if isinstance(field, Number) and not field.extended]

    @property
    def extended_numbers(self) -> list[BoundField]:
        """The numbers that only a later revision of the API document has."""
        return [self[field.name] for field in PLAIN if isinstance(field, Number) and field.extended]


class BulkSettingsForm(SettingsForm):
    """The same settings for many lessons: an empty field leaves them unchanged, 0 takes a limit away."""

    def setting_field(self, setting: LessonField) -> forms.Field:
        label: Any = setting.title
        if not isinstance(setting, Number):
            return forms.ChoiceField(label=label, choices=SWITCH_CHOICES, required=False)
        return forms.IntegerField(
            label=label,
            min_value=0 if setting.optional else setting.minimum,
            max_value=setting.maximum,
            required=False,
            help_text=_("Enter 0 for no limit.") if setting.optional else "",
        )


def changed_settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain settings that the cleaned data of a BulkSettingsForm change."""
    filled = {field: data[field.name] for field in PLAIN if data[field.name] not in ("", None)}
    return {
        field.name: value == "yes" if isinstance(field, Switch) else field.column_value(value)
        for field, value in filled.items()
    }
