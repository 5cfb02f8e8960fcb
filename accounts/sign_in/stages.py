"""Login stage of django-allauth for the second factor.

It replaces allauth's stage, whose page and limits are not ours.
"""

from typing import Any

from allauth.account.stages import LoginStage
from django.shortcuts import redirect

from accounts.sign_in import second_factor

#: Ways of signing in that are two factors: the device, and what unlocks it.
WAYS_WITH_TWO_FACTORS = frozenset({"passkey"})


class SecondFactorStage(LoginStage):
    """Ask for the second factor if one is set up and was not used yet."""

    key = "second_factor"
    urlname = "accounts:sign_in_code"

    def handle(self) -> tuple[Any, bool]:
        way = (self.login.signal_kwargs or {}).get("way")
        if way in WAYS_WITH_TWO_FACTORS or self.login.user is None:
            return None, True
        if not second_factor.is_enabled(self.login.user):
            return None, True
        return redirect(self.urlname), True
