"""Signing in with one field for who one is."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.core.exceptions import ValidationError
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sign_in import gate
from console.client_address import client_address


class SignInForm(AuthenticationForm):
    """`user_id@sdkappid`, or an operator's name, and a password.

    One sentence for every refusal: which of the two was wrong, and whether somebody was deactivated,
    is nobody's business before they are in.
    """

    username = UsernameField(
        label=_("Login"),
        max_length=100,
        widget=TextInput(attrs={"autofocus": True, "autocomplete": "username", "inputmode": "email"}),
        help_text=_(
            "Your user id, an @ and the number of your school (SDKAppID), for example: alice@1400000001"
        ),
    )
    error_messages = {
        "invalid_login": _(
            "This login and password do not open the console. Check both; "
            "after a lost password the administrator of your school sets a new one."
        ),
    }
    #: Seconds until somebody may try again, where too many wrong passwords came; else 0.
    wait_s = 0

    def clean(self) -> dict[str, Any]:
        """As Django's, within the budget of guesses (accounts.sign_in.budget)."""
        login, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if login is None or not password:
            return self.cleaned_data
        try:
            guess = gate.password_guess(login, client_address(self.request))
            self.user_cache = authenticate(self.request, username=login, password=password)
            if self.user_cache is None:
                guess.wrong(User.objects.filter(login=login).first())
                raise self.get_invalid_login_error()
        except gate.Locked as locked:
            self.wait_s = locked.seconds
            raise ValidationError(locked.words, code="locked") from None
        guess.right()
        return self.cleaned_data
