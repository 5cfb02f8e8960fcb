"""Signing in with one field for who one is."""

from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _


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
