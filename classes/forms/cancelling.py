"""Why lessons are cancelled, and what their people hear of it."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=300,
        help_text=_("Stays with the lesson. Students do not see it."),
    )
    tell = forms.BooleanField(
        label=_("Tell its people"),
        required=False,
        initial=True,
        help_text=_("The teacher and whoever was invited and can read a notice hear of it, each once."),
    )
    notice = forms.CharField(
        label=_("What they are told besides"),
        required=False,
        max_length=300,
        help_text=_("For example when it is made up for. Goes to everybody who is told."),
    )
