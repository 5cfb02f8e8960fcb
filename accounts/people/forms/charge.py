"""Form of a teacher in charge of a group, a head of grade or a deputy."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import TeacherInCharge, User
from accounts.people.charge_services import CHARGE_FIELDS
from accounts.people.forms.group import person_label, staff_to_choose
from console.concurrency import value_digests
from console.inputs.forms import BoundedDateField
from console.policy.edit_forms import OptimisticLockMixin


class ChargeForm(OptimisticLockMixin, forms.Form):
    """A person and their days; `charge` is the stored one, or a new one that has a group or grade only."""

    teacher = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Person"),
        empty_label=_("Choose a person"),
        error_messages={
            "required": _("Choose an active staff member of your school."),
            "invalid_choice": _("Choose an active staff member of your school."),
        },
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("teacher in charge", "Kind"),
        choices=TeacherInCharge.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_("A deputy has the same rights, on the days below."),
    )
    starts_on = BoundedDateField(
        label=_("First day"), required=False, help_text=_("Empty: from the beginning.")
    )
    ends_on = BoundedDateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: without end. The rights end with this day."),
    )

    def __init__(self, *args: Any, charge: TeacherInCharge, today: date, **more: Any) -> None:
        self.instance = charge
        offered = {name: getattr(charge, name) for name in ("kind", "starts_on", "ends_on")}
        if charge.pk:
            offered["teacher"] = charge.teacher_id
        else:
            offered["starts_on"] = today
        super().__init__(*args, **more | {"initial": offered})
        teacher: Any = self.fields["teacher"]
        teacher.queryset = staff_to_choose(charge.enterprise, charge.teacher if charge.pk else None)
        teacher.label_from_instance = person_label
        if charge.grade_id is not None:
            kind: Any = self.fields["kind"]
            kind.choices = list(TeacherInCharge.GRADE_KINDS.items())
            kind.help_text = _("A deputy head has the same rights, on the days below.")

    def stored_values(self) -> dict[str, str]:
        return value_digests(self.instance, CHARGE_FIELDS) if self.instance.pk else {}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", ValidationError(_("The last day must not be before the first day.")))
        return data
