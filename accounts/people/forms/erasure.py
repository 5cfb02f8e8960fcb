"""Form that answers a request to erase a person."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class ErasureAnswerForm(forms.Form):
    """Confirm by typing the user ID, or decline with a sentence; the pressed button decides."""

    decision = forms.ChoiceField(choices=(("confirm", ""), ("decline", "")), widget=forms.HiddenInput)
    user_id = forms.CharField(
        label=_("User ID"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("To confirm, enter the user ID of the person whose data is to be erased."),
    )
    text = forms.CharField(
        label=_("Sentence"),
        max_length=300,
        required=False,
        help_text=_("Required if you decline. It is recorded with your name and the time."),
    )

    def __init__(self, *args: Any, person: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.person = person

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == "confirm" and data.get("user_id") != self.person.user_id:
            message = _("This is not the person's user ID. Nothing was erased.")
            self.add_error("user_id", ValidationError(message, "other"))
        if data.get("decision") == "decline" and not (data.get("text") or "").strip():
            self.add_error("text", _("Write a sentence why the request is declined."))
        return data
