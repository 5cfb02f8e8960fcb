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
from accounts.sign_in.forms.passkeys import ANSWER_FIELD, PasskeyAnswerForm
from accounts.sign_in.passkeys import challenges, exchange
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


class SecondFactorForm(PasskeyAnswerForm, CodeForm):
    """Second step of sign-in: a code of the app, a recovery code, or a passkey."""

    def __init__(self, request: HttpRequest, person: User, *args: Any, **kwargs: Any) -> None:
        self.request, self.person, self.retry_after_s = request, person, 0
        super().__init__(*args, **kwargs)
        # Not in CodeForm: during setup, focusing the code would scroll past the QR code.
        self.fields["code"].widget.attrs["autofocus"] = True
        self.fields["code"].help_text = (
            _("The six-digit code from your app, or one of your recovery codes.")
            if second_factor.has_app(person)
            else _("One of your recovery codes.")
        )
        if self.data.get(ANSWER_FIELD):
            self.fields["code"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        code, answer = data.get("code", ""), data.get(ANSWER_FIELD, "")
        if not code and not answer:
            return data
        try:
            attempt = lockout.start_factor_attempt(self.person, client_address(self.request))
            if not self._is_accepted(code, answer):
                attempt.record_failure(self.person)
                self.add_error(None if answer else "code", _refusal(answer))
                return data
        except lockout.Locked as locked:
            self.retry_after_s = locked.seconds
            self.add_error(None if answer else "code", locked.message)
            return data
        attempt.record_success()
        return data

    def _is_accepted(self, code: str, answer: str) -> bool:
        if answer:
            return _is_own_passkey(self.request, challenges.FACTOR, answer, self.person)
        return bool(second_factor.verify_code(self.person, code))


def _refusal(answer: str) -> str:
    if answer:
        return gettext("The passkey was not accepted. Try again, or use another way.")
    return gettext("The code is incorrect. Wait for the next one and try again.")


def _is_own_passkey(request: HttpRequest, purpose: str, answer: str, person: User) -> bool:
    try:
        exchange.verify(request, purpose, answer, person)
    except challenges.PasskeyRefused:
        return False
    return True


class ReauthenticationForm(PasskeyAnswerForm):
    """The user's password, a code of their second factor, or a passkey."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.person: Any = request.user
        self.address = client_address(request)
        self.fields[PROOF_FIELD] = forms.CharField(
            label=_("Your password, or a code from your app"),
            required=not self.data.get(ANSWER_FIELD),
            max_length=200,
            strip=False,
            widget=forms.PasswordInput(attrs={"autofocus": True, "autocomplete": "current-password"}),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed, answer = data.get(PROOF_FIELD, ""), data.get(ANSWER_FIELD, "")
        if not typed and not answer:
            return data
        try:
            attempt = lockout.start_reauth_attempt(self.person, self.address)
            if not self._is_accepted(typed, answer):
                attempt.record_failure(self.person)
                wrong = _refusal(answer) if answer else gettext("The password or code is incorrect.")
                raise ValidationError({PROOF_FIELD: wrong})
        except lockout.Locked as locked:
            raise ValidationError({PROOF_FIELD: locked.message}) from None
        attempt.record_success()
        return data

    def _is_accepted(self, typed: str, answer: str) -> bool:
        if answer:
            return _is_own_passkey(self.request, challenges.PROOF, answer, self.person)
        return check_password(typed, self.person.password) or bool(
            second_factor.verify_code(self.person, typed)
        )


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


class LinkPasswordForm(NewPasswordForm):
    """A new password by a link, and whether the passkeys stay: by default they end."""

    keep_passkeys = forms.BooleanField(required=False, label=_("Keep my passkeys"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_about_passkeys(
            self,
            self.user,
            gettext(
                "Your passkeys end: %(names)s. Tick this only if you still have all these devices, and know "
                "each of them."
            ),
        )


def ask_about_passkeys(form: forms.BaseForm, person: User, text: str) -> None:
    """Name the person's passkeys in the help text of `keep_passkeys`; without any, remove the field."""
    names = [row.data["name"] for row in exchange.passkey_rows(person)] if person.pk else []
    if names:
        form.fields["keep_passkeys"].help_text = text % {"names": ", ".join(names)}
    else:
        del form.fields["keep_passkeys"]


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
