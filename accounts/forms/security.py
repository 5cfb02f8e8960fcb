"""Forms about one's own sign-in: codes, passwords, and proof of who one is."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sign_in import factors, gate
from console.client_address import client_address

#: The field of the proof; no other form may have one of this name.
PROOF = "proof_of_person"


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class SecondStepForm(CodeForm):
    """The code that follows the password; a recovery code fits, too."""

    def __init__(self, person: User, address: str, *args: Any, **kwargs: Any) -> None:
        self.person, self.address, self.wait_s = person, address, 0
        super().__init__(*args, **kwargs)
        # Where the code stands below a picture that is to be looked at first, this would scroll past it.
        self.fields["code"].widget.attrs["autofocus"] = True
        self.fields["code"].help_text = _(
            "The six digits that your app shows now, or one of your recovery codes."
        )

    def clean_code(self) -> str:
        try:
            guess = gate.factor_guess(self.person, self.address)
            if not factors.accepts(self.person, self.cleaned_data["code"]):
                guess.wrong(self.person)
                raise ValidationError(gettext("This code does not fit. Wait for the next one and type that."))
        except gate.Locked as locked:
            self.wait_s = locked.seconds
            raise ValidationError(locked.words) from None
        guess.right()
        return str(self.cleaned_data["code"])


class ProofForm(forms.Form):
    """The person's password or a code of their second factor."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person: Any = request.user
        self.address = client_address(request)
        self.fields[PROOF] = forms.CharField(
            label=_("Your password, or a code of your app"),
            max_length=200,
            strip=False,
            widget=forms.PasswordInput(attrs={"autofocus": True, "autocomplete": "current-password"}),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = data.get(PROOF)
        if not typed:
            return data
        try:
            guess = gate.proof_guess(self.person, self.address)
            if not (check_password(typed, self.person.password) or factors.accepts(self.person, typed)):
                guess.wrong(self.person)
                raise ValidationError(
                    {PROOF: gettext("This is neither your password nor a code of your app.")}
                )
        except gate.Locked as locked:
            raise ValidationError({PROOF: locked.words}) from None
        guess.right()
        return data


class OwnPasswordForm(PasswordChangeForm):  # type: ignore[type-arg]
    """A new password for oneself; guessing the old one has the budget of the door."""

    old_password = forms.CharField(
        label=_("Your password now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new_password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, not only digits, not your name, not one that everybody takes."),
    )
    new_password2 = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    error_messages = {"password_mismatch": _("The two new passwords differ. Type them again.")}

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.address = client_address(request)
        super().__init__(request.user, *args, **kwargs)

    def clean_old_password(self) -> str:
        try:
            guess = gate.proof_guess(self.user, self.address)
            if not check_password(self.cleaned_data["old_password"], self.user.password):
                guess.wrong(self.user)
                raise ValidationError(gettext("This is not your password. Check it, and the Caps Lock key."))
        except gate.Locked as locked:
            raise ValidationError(locked.words) from None
        guess.right()
        return str(self.cleaned_data["old_password"])
