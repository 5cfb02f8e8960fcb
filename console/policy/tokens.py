"""REST tokens: made here, stored as digests, taken from `Authorization: Token …`."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from console.policy import scope
from console.policy.models import ApiToken
from console.policy.tokenscopes import EVERYTHING

LAST_USED_EVERY = timedelta(minutes=1)


def issue(user: Any, name: str = "", *, scopes: Iterable[str] = (EVERYTHING,), days: int = 0) -> str:
    """Make a token of this person; the answer is the only place where it can ever be read.

    Without `days` it lives for settings.REST_TOKEN_DAYS.
    """
    token = secrets.token_urlsafe(32)
    ends = {"expires_at": timezone.now() + timedelta(days=days)} if days else {}
    ApiToken.objects.create(user=user, name=name, digest=digest(token), scopes=sorted(scopes), **ends)
    return token


def digest(token: str) -> str:
    """SHA-256: enough for 32 random bytes, which no one can guess."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`; a wrong token and a deactivated person get the same answer."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"token":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Send the header as: Authorization: Token followed by the token."))
        return self._holder(parts[1].decode("ascii", "replace"))

    def authenticate_header(self, request: Request) -> str:
        return self.keyword

    def _holder(self, token: str) -> tuple[Any, ApiToken]:
        wanted = digest(token)
        with scope.as_owner():
            found = ApiToken.objects.select_related("user__enterprise").filter(digest=wanted).first()
            if found is None or not constant_time_compare(found.digest, wanted) or not found.user.is_active:
                raise AuthenticationFailed(_("This token is unknown or was withdrawn. Ask for a new one."))
            if found.is_over:
                raise AuthenticationFailed(_("This token has ended. Make a new one in the console."))
            _note_use(found)
        scope.stand(scope.standing_of(found.user))  # to the end of the request: the middleware sees to it
        return found.user, found


def _note_use(token: ApiToken) -> None:
    """To the minute: a write with every request would cost more than it tells."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
