"""Forms of what people decide about a register."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classes.models import Attendance, Mark

REASON = {"required": _("Say why, so that everybody can see it later.")}


def reason_field(**more: Any) -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=500, error_messages=REASON, **more)


class CorrectForm(forms.Form):
    """A mark by hand; the empty one is what the evidence says."""

    mark = forms.ChoiceField(
        label=_("Mark"), required=False, choices=[*Mark.choices, ("", _("what the evidence says"))]
    )
    reason = reason_field()


class WhyForm(forms.Form):
    """Only a reason."""

    reason = reason_field()


class CloseForm(forms.Form):
    """Asks for a tick where there are doubts about closing."""

    anyway = forms.BooleanField(label=_("Close it all the same"), required=False)

    def __init__(self, *args: Any, doubts: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["anyway"].help_text = " ".join(doubts)
        if not doubts:
            del self.fields["anyway"]


def preset(row: Attendance) -> CorrectForm:
    """The form of a row with its mark chosen."""
    return CorrectForm(initial={"mark": row.mark}, auto_id=f"id_{row.pk}_%s")
