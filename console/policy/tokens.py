"""REST tokens: creation, storage as digests, and authentication by `Authorization: Token …`."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from console.policy import database_scope
from console.policy.models import ApiToken
from console.policy.token_scopes import ALL_SCOPE, covers, required_scope

LAST_USED_INTERVAL = timedelta(minutes=1)


def issue_token(user: Any, name: str = "", *, scopes: Iterable[str] = (ALL_SCOPE,), days: int = 0) -> str:
    """Create a token and return it; it is stored as a digest only and cannot be read later.

    Without `days` it expires after settings.REST_TOKEN_DAYS.
    """
    token = secrets.token_urlsafe(32)
    expiry = {"expires_at": timezone.now() + timedelta(days=days)} if days else {}
    ApiToken.objects.create(user=user, name=name, digest=token_digest(token), scopes=sorted(scopes), **expiry)
    return token


def token_digest(token: str) -> str:
    """Return the SHA-256 digest; no salt is needed for 32 random bytes."""
    return hashlib.sha256(token.encode()).hexdigest()


def scope_refusal(request: Request, resource: str, action: str) -> str:
    """Return why the request's token does not reach this action; empty if it does, or without a token."""
    token = request.auth
    if not isinstance(token, ApiToken) or covers(token.scopes, resource, action):
        return ""
    text = gettext("The token does not have the required scope %(scope)s.")
    return text % {"scope": required_scope(resource, action)}


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`. An unknown token and a deactivated person get the same response."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"token":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Send the header as “Authorization: Token” followed by the token."))
        return self._holder(parts[1].decode("ascii", "replace"))

    def authenticate_header(self, request: Request) -> str:
        return self.keyword

    def _holder(self, token: str) -> tuple[Any, ApiToken]:
        digest = token_digest(token)
        with database_scope.as_owner():
            found = ApiToken.objects.select_related("user__enterprise").filter(digest=digest).first()
            if found is None or not constant_time_compare(found.digest, digest) or not found.user.is_active:
                raise AuthenticationFailed(_("This token is invalid or was revoked. Request a new one."))
            if found.is_expired:
                raise AuthenticationFailed(_("This token has expired. Create a new one in the console."))
            _record_use(found)
        database_scope.enter_scope(
            database_scope.database_scope_of(found.user)
        )  # to the end of the request: the middleware sees to it
        return found.user, found


def _record_use(token: ApiToken) -> None:
    """Record the last use to the minute, which saves a write for every request."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_INTERVAL:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
