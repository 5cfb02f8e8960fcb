"""Forms of signing in, and of a forgotten password."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, User
from accounts.sign_in import lockout
from accounts.sign_in.school_pages import full_login, login_to_try
from console.http.client_address import client_address


class SignInForm(AuthenticationForm):
    """Login (`user_id@sdkappid`, or an operator's name) and password; a user ID is enough where it is clear.

    Every failure has the same message, which must not reveal whether a login exists or is deactivated, nor
    how many schools have a user ID.
    """

    username = UsernameField(
        label=_("Login"),
        max_length=100,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "inputmode": "email"}),
        help_text=_("Your user ID, an @ and your school's number (SDKAppID), for example: alice@1400000001"),
    )
    error_messages = {
        "invalid_login": _(
            "The login or password is incorrect. Check both and try again, or use “Forgot your password?”."
        ),
        "no_school": _(
            "If you entered your user ID alone, add an @ and your school's number (SDKAppID), for example: "
            "alice@1400000001"
        ),
    }
    #: The school that is known, of which a user ID is enough.
    school: Enterprise | None = None
    #: Seconds until the next attempt is allowed; 0 if not locked.
    retry_after_s = 0

    def __init__(self, *args: Any, school: Enterprise | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        if school is not None:
            self.fields["username"].label = gettext("User ID or login")
            self.fields["username"].help_text = gettext("Your user ID at %(school)s, such as alice.") % {
                "school": school.name
            }

    def clean(self) -> dict[str, Any]:
        """Authenticate within the attempt limits (accounts.sign_in.attempt_limits)."""
        login, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if login is None or not password:
            return self.cleaned_data
        typed = login.strip()
        assert self.request is not None  # the view passes it
        try:
            attempt = lockout.start_password_attempt(
                full_login(typed, self.school), client_address(self.request)
            )
            account = login_to_try(typed, self.school)
            attempt = attempt.for_account(account)
            self.user_cache = authenticate(self.request, username=attempt.login, password=password)
            if self.user_cache is None:
                attempt.record_failure(User.objects.filter(login=account).first())
                if self.school is None and "@" not in typed:
                    self.add_error("username", self.error_messages["no_school"])
                raise self.get_invalid_login_error()
        except lockout.Locked as locked:
            self.retry_after_s = locked.seconds
            raise ValidationError(locked.message, code="locked") from None
        attempt.record_success()
        return self.cleaned_data


class ForgottenPasswordForm(forms.Form):
    """The login; whether it exists is not checked here."""

    login = forms.CharField(
        label=_("Login"),
        max_length=100,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "inputmode": "email"}),
        help_text=_("Your user ID, an @ and your school's number (SDKAppID), for example: alice@1400000001"),
        error_messages={"required": _("Enter your login.")},
    )
