"""Login stage of django-allauth for the second factor.

It replaces allauth's stage, whose module imports the passkey library, which we do not use.
"""

from typing import Any

from allauth.account.stages import LoginStage
from django.shortcuts import redirect

from accounts.sign_in import second_factor


class SecondFactorStage(LoginStage):
    """Ask for a code if a second factor is set up."""

    key = "second_factor"
    urlname = "accounts:sign_in_code"

    def handle(self) -> tuple[Any, bool]:
        if self.login.user is None or not second_factor.is_enabled(self.login.user):
            return None, True
        return redirect(self.urlname), True
