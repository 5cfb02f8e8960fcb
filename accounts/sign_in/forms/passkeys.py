"""Forms of passkeys: the answer of the browser in a hidden field, and the name of a passkey."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.passkeys.services import NAME_CHARS

#: Field with the browser's answer as JSON, which static/js/passkey.js fills.
ANSWER_FIELD = "passkey"


class PasskeyAnswerForm(forms.Form):
    """The answer of the browser alone."""

    passkey = forms.CharField(widget=forms.HiddenInput, required=False)


class PasskeyNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_CHARS,
        help_text=_("Tells your passkeys apart, for example “Phone” or “Laptop at school”."),
    )


class NewPasskeyForm(PasskeyNameForm, PasskeyAnswerForm):
    """Name and answer of a new passkey. An empty name gets a description of the device."""

    def __init__(self, device: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.device = device
        self.fields["name"].required = False
        self.fields["name"].initial = device

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"] or self.device)
