"""Sign-in form."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.core.exceptions import ValidationError
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sign_in import lockout
from console.http.client_address import client_address


class SignInForm(AuthenticationForm):
    """Login (`user_id@sdkappid`, or an operator's name) and password.

    Every failure has the same message, which must not reveal whether a login exists or is deactivated.
    """

    username = UsernameField(
        label=_("Login"),
        max_length=100,
        widget=TextInput(attrs={"autofocus": True, "autocomplete": "username", "inputmode": "email"}),
        help_text=_("Your user ID, an @ and your school's number (SDKAppID), for example: alice@1400000001"),
    )
    error_messages = {
        "invalid_login": _(
            "The login or password is incorrect. Check both and try again. If you forgot "
            "your password, ask your school administrator to set a new one."
        ),
    }
    #: Seconds until the next attempt is allowed; 0 if not locked.
    retry_after_s = 0

    def clean(self) -> dict[str, Any]:
        """Authenticate within the attempt limits (accounts.sign_in.attempt_limits)."""
        login, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if login is None or not password:
            return self.cleaned_data
        assert self.request is not None  # the view passes it
        try:
            attempt = lockout.start_password_attempt(login, client_address(self.request))
            self.user_cache = authenticate(self.request, username=login, password=password)
            if self.user_cache is None:
                attempt.record_failure(User.objects.filter(login=login).first())
                raise self.get_invalid_login_error()
        except lockout.Locked as locked:
            self.retry_after_s = locked.seconds
            raise ValidationError(locked.message, code="locked") from None
        attempt.record_success()
        return self.cleaned_data
