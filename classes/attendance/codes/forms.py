"""The form of an attendance code."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classes.attendance.codes.kinds import KINDS_OF_MARK, use_label
from classes.attendance.codes.services import USES, Use, uses_digest, uses_of
from classes.models import AttendanceCode
from classes.models.attendance_code import MAX_LETTERS
from console.policy.edit_forms import OptimisticLockMixin


def validate_letters(letters: str) -> None:
    """Raise ValidationError unless the letters can be written in a cell of a register."""
    if not letters.isprintable() or any(one.isspace() for one in letters):
        raise ValidationError(_("A code is letters, digits or signs without spaces."))


class CodeForm(OptimisticLockMixin, forms.Form):
    """A code and the marks that it stands for; `code` is the stored one, or a new one."""

    letters = forms.CharField(
        label=pgettext_lazy("attendance", "Code"),
        max_length=MAX_LETTERS,
        validators=[validate_letters],
        help_text=_("One to four letters, digits or signs, once in your school."),
    )
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=60)
    tone = forms.ChoiceField(
        label=_("Colour"), choices=AttendanceCode.Tone.choices, help_text=_("The colours that marks have.")
    )
    counts_as = forms.ChoiceField(
        label=_("Counts as"),
        choices=AttendanceCode.Counts.choices,
        help_text=_("For the sums by your codes. Marks, attendance rates and warnings do not change."),
    )
    uses = forms.MultipleChoiceField(
        label=_("Stands for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "A mark with a reason goes before the same mark without one. Who sees the code of a "
            "kind of leave learns that kind."
        ),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, code: AttendanceCode, **more: Any) -> None:
        self.instance = code
        self.shown_uses = uses_of(code) if code.pk else []
        offered = {name: getattr(code, name) for name in self.base_fields if name != USES}
        offered[USES] = [_joined(one) for one in self.shown_uses]
        super().__init__(*args, **more | {"initial": offered})
        fields: Any = self.fields
        fields[USES].choices = [(_joined(one), use_label(*one)) for one in ALL_USES]

    def stored_values(self) -> dict[str, str]:
        """Add the marks, which are rows of their own."""
        values = super().stored_values()
        return {**values, USES: uses_digest(self.shown_uses)} if values else values

    def service_fields(self) -> dict[str, Any]:
        """Return the arguments of the services. Call it after validation."""
        return {**self.cleaned_data, USES: [_parted(one) for one in self.cleaned_data[USES]]}


#: What a code may stand for: each mark for any reason, then for each of its reasons.
ALL_USES: list[Use] = [(mark, kind) for mark, kinds in KINDS_OF_MARK.items() for kind in ("", *kinds)]


def _joined(use: Use) -> str:
    return ".".join(filter(None, use))


def _parted(text: str) -> Use:
    mark, _dot, kind = text.partition(".")
    return mark, kind
