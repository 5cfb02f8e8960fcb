"""The days of a term or a holiday."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.courses.year import FIELDS, Days, save_days
from classes.forms.fields import day_field
from classes.models import Holiday, Term


class DaysForm(forms.Form):
    """Makes or changes the term or holiday that it is given."""

    name = forms.CharField(label=_("Name"), max_length=60)
    term = forms.ModelChoiceField(
        Term.objects.none(),
        label=_("Holds for"),
        required=False,
        empty_label=_("the whole school, in every term"),
        help_text=_("A term's days hold for the series that are planned in it, and for those of no term."),
    )
    starts_on = day_field(label=_("First day"))
    ends_on = day_field(label=_("Last day, included"))

    def __init__(self, *args: Any, days: Days, **more: Any) -> None:
        self.days = days
        shown = {name: getattr(days, name, None) for name in FIELDS}
        super().__init__(*args, **{**more, "initial": shown})
        if isinstance(days, Holiday):
            terms: Any = self.fields["term"]
            terms.queryset = Term.objects.filter(enterprise=days.enterprise_id)
        else:
            del self.fields["term"]

    def save(self, *, by: User) -> bool:
        """Whether it is saved; else the sentences stand at the fields."""
        for name in self.fields:
            setattr(self.days, name, self.cleaned_data[name])
        try:
            save_days(days=self.days, by=by)
        except ValidationError as error:
            for name, found in error.update_error_dict({}).items():
                field = name if name in self.fields else "ends_on"
                self.add_error(field, ValidationError(found))
            return False
        return True
