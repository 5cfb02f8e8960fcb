"""The second step of signing in, as allauth's flow calls it.

allauth's own stage would do the same, but its module imports the passkey library, which nobody uses here.
"""

from typing import Any

from allauth.account.stages import LoginStage
from django.shortcuts import redirect

from accounts.sign_in import factors


class SecondFactorStage(LoginStage):
    """Where a second factor is set up, signing in waits until its code was typed."""

    key = "second_factor"
    urlname = "accounts:sign_in_code"

    def handle(self) -> tuple[Any, bool]:
        if self.login.user is None or not factors.is_on(self.login.user):
            return None, True
        return redirect(self.urlname), True
