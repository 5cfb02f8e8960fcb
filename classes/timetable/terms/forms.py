"""Form of a term or a holiday."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from classes.models import Holiday, Term
from classes.timetable.terms.services import FIELDS, TermOrHoliday, save_days
from console.inputs.forms import BoundedDateField
from console.policy.edit_forms import OptimisticLockMixin


class DaysForm(OptimisticLockMixin, forms.Form):
    """Creates or changes the given term or holiday."""

    field_of_column: ClassVar = {NON_FIELD_ERRORS: "ends_on"}

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=60)
    term = forms.ModelChoiceField(
        Term.objects.none(),
        label=_("Applies to"),
        required=False,
        empty_label=_("the whole school, all terms"),
        help_text=_(
            "Holidays of a term apply to courses planned in that term and to courses without a term."
        ),
    )
    starts_on = BoundedDateField(label=_("First day"))
    ends_on = BoundedDateField(label=_("Last day (included)"))

    def __init__(self, *args: Any, days: TermOrHoliday, **more: Any) -> None:
        self.days = self.instance = days
        shown = {name: getattr(days, name, None) for name in FIELDS}
        super().__init__(*args, **{**more, "initial": shown})
        if isinstance(days, Holiday):
            terms: Any = self.fields["term"]
            terms.queryset = Term.objects.filter(enterprise=days.enterprise_id)
        else:
            del self.fields["term"]

    def save(self, *, by: User) -> bool:
        """Return whether it was saved; otherwise the errors are on the fields."""
        try:
            self.days = save_days(days=self.days, by=by, seen=self.seen, **self.cleaned_data)
        except ValidationError as error:
            self.refuse(error)
            return False
        return True
