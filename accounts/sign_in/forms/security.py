"""Forms of account security: codes, passwords, reauthentication."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sign_in import lockout, second_factor
from console.http.client_address import client_address

#: Field name of the reauthentication form; no other form may use it.
PROOF_FIELD = "proof_of_person"


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class SecondFactorForm(CodeForm):
    """Second step of sign-in: a code of the app, or a recovery code."""

    def __init__(self, person: User, address: str, *args: Any, **kwargs: Any) -> None:
        self.person, self.address, self.retry_after_s = person, address, 0
        super().__init__(*args, **kwargs)
        # Not in CodeForm: during setup, focusing the code would scroll past the QR code.
        self.fields["code"].widget.attrs["autofocus"] = True
        self.fields["code"].help_text = _("The six-digit code from your app, or one of your recovery codes.")

    def clean_code(self) -> str:
        try:
            attempt = lockout.start_factor_attempt(self.person, self.address)
            if not second_factor.verify_code(self.person, self.cleaned_data["code"]):
                attempt.record_failure(self.person)
                raise ValidationError(gettext("The code is incorrect. Wait for the next one and try again."))
        except lockout.Locked as locked:
            self.retry_after_s = locked.seconds
            raise ValidationError(locked.message) from None
        attempt.record_success()
        return str(self.cleaned_data["code"])


class ReauthenticationForm(forms.Form):
    """The user's password, or a code of their second factor."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person: Any = request.user
        self.address = client_address(request)
        self.fields[PROOF_FIELD] = forms.CharField(
            label=_("Your password, or a code from your app"),
            max_length=200,
            strip=False,
            widget=forms.PasswordInput(attrs={"autofocus": True, "autocomplete": "current-password"}),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = data.get(PROOF_FIELD)
        if not typed:
            return data
        try:
            attempt = lockout.start_reauth_attempt(self.person, self.address)
            if not (
                check_password(typed, self.person.password) or second_factor.verify_code(self.person, typed)
            ):
                attempt.record_failure(self.person)
                raise ValidationError({PROOF_FIELD: gettext("The password or code is incorrect.")})
        except lockout.Locked as locked:
            raise ValidationError({PROOF_FIELD: locked.message}) from None
        attempt.record_success()
        return data


class NewPasswordForm(SetPasswordForm):
    """A new password, typed twice."""

    new_password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters. Not only digits, not your name and not a common password."),
    )
    new_password2 = forms.CharField(
        label=_("Confirm new password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    error_messages = {"password_mismatch": _("The two new passwords do not match. Enter them again.")}


class OwnPasswordForm(NewPasswordForm, PasswordChangeForm):
    """Change one's own password. Checks of the old password are limited like reauthentication."""

    old_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.address = client_address(request)
        person: Any = request.user
        super().__init__(person, *args, **kwargs)

    def clean_old_password(self) -> str:
        try:
            attempt = lockout.start_reauth_attempt(self.user, self.address)
            if not check_password(self.cleaned_data["old_password"], self.user.password):
                attempt.record_failure(self.user)
                raise ValidationError(gettext("The password is incorrect. Check it and the Caps Lock key."))
        except lockout.Locked as locked:
            raise ValidationError(locked.message) from None
        attempt.record_success()
        return str(self.cleaned_data["old_password"])
