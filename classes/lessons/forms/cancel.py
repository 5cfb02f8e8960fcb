"""Form for cancelling lessons: reason and notice."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("For the record only. Students do not see it."),
    )
    tell = forms.BooleanField(
        label=_("Notify people"),
        required=False,
        initial=True,
        help_text=_("The teacher and everyone who received an invitation are notified once."),
    )
    notice = forms.CharField(
        label=_("Additional message"),
        required=False,
        max_length=300,
        help_text=_("For example, when the lesson is made up. Sent to everyone who is notified."),
    )
