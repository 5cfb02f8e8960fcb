"""Forms of guardians: signing in, an invitation, a forgotten password."""

from typing import Any, NamedTuple

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, GuardianAccount, GuardianInvitation
from accounts.sign_in import lockout
from accounts.sign_in.guardians import services
from accounts.sign_in.guardians.names import normal_name
from console.inputs.bounds import parse_id

NAME_LENGTH = 100
#: A part of the sign-in name of so many characters must not stand in the password.
NAME_IN_PASSWORD = 3


def _name_field(**more: Any) -> forms.CharField:
    attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(
        label=_("Sign-in name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs=attrs), **more
    )


def _password_field(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, **more)


class SchoolOfGuardianForm(forms.Form):
    """A form that asks for the school where the browser does not know it: by name or number."""

    fields: dict[str, Any]
    school_name = forms.CharField(
        label=_("School"),
        max_length=40,
        help_text=_("Name or number of the school, as in the address on your invitation."),
    )

    def __init__(self, *args: Any, school: Enterprise | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = school
        if school is not None:
            del self.fields["school_name"]

    @cached_property
    def school(self) -> Enterprise | None:
        """The school that is known, or the one that was typed; None if there is no such school."""
        if self.known is not None:
            return self.known
        typed: str = self.cleaned_data.get("school_name", "").strip().lower()
        number = parse_id(typed)
        found = Enterprise.objects.filter(sign_in_name=typed) if typed else Enterprise.objects.none()
        return (Enterprise.objects.filter(sdkappid=number) if number else found).first()


class GuardianSignInForm(SchoolOfGuardianForm):
    """Sign-in name and password. Every failure has the same message."""

    name = _name_field(help_text=_("The one that you chose when you accepted the invitation."))
    password = _password_field(_("Password"), "current-password")
    #: Seconds until the next attempt is allowed; 0 if not locked.
    retry_after_s = 0
    account: GuardianAccount | None = None

    def __init__(self, *args: Any, address: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.address = address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            self.account = services.check_sign_in(self.school, data["name"], data["password"], self.address)
        except lockout.Locked as locked:
            self.retry_after_s = locked.seconds
            raise ValidationError(locked.message, code="locked") from None
        if self.account is None:
            raise ValidationError(
                gettext(
                    "The sign-in name or password is incorrect. Check both and try again, "
                    "or use “Forgot your password?”."
                )
            )
        return data


class ForgottenGuardianForm(SchoolOfGuardianForm):
    """The sign-in name; whether it exists is not checked here."""

    name = _name_field()


class _PasswordOwner(NamedTuple):
    """Whose password the validators check: a guardian is no user, but has a school."""

    enterprise: Enterprise | None


class NewGuardianPasswordForm(forms.Form):
    """A new password, typed twice, for the guardian of an invitation."""

    password1 = _password_field(
        _("New password"),
        "new-password",
        help_text=_("At least 8 characters. Not only digits, not your name and not a common password."),
    )
    password2 = _password_field(_("Confirm new password"), "new-password")

    def __init__(self, *args: Any, invitation: GuardianInvitation, **more: Any) -> None:
        super().__init__(*args, **more)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", gettext("The two new passwords do not match. Enter them again."))
        elif first and second:
            self._check_password(first, data.get("name", ""))
        return data

    def _check_password(self, password: str, name: str) -> None:
        """Refuse what the validators refuse, and a password that holds the sign-in name."""
        account = self.invitation.renewed_account
        name = name or (account.sign_in_name.reveal() if account else "")
        part = name.partition("@")[0]
        if len(part) >= NAME_IN_PASSWORD and part in password.casefold():
            self.add_error("password1", gettext("The password must not contain your sign-in name."))
            return
        owner: Any = _PasswordOwner(self.invitation.guardian.person.enterprise)
        try:
            validate_password(password, owner)
        except ValidationError as error:
            self.add_error("password1", error)


class AcceptInvitationForm(NewGuardianPasswordForm):
    """A sign-in name and a password."""

    name = _name_field(
        min_length=4,
        help_text=_("For example your e-mail address or phone number. You sign in with it from now on."),
    )
    field_order = ("name", "password1", "password2")

    def __init__(self, *args: Any, invitation: GuardianInvitation, **more: Any) -> None:
        guardian = invitation.guardian
        offered = guardian.e_mail or guardian.phone_no
        more["initial"] = {"name": offered.reveal() if offered else ""}
        super().__init__(*args, invitation=invitation, **more)

    def clean_name(self) -> str:
        return normal_name(self.cleaned_data["name"])
