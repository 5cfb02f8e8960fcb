"""Validation of tokens of OpenID Connect: ID tokens (Core 3.1.3.7) and logout tokens (Back-Channel 2.6).

Stricter than PyJWT alone: only asymmetric algorithms, the key named by the header or the only one that fits,
one audience unless `azp` names us, a nonce, and a token made lately.
"""

from collections.abc import Mapping
from typing import Any

import jwt
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from jwt.exceptions import PyJWTError

#: Algorithms by type of key. A key for verification is public, so no algorithm with a shared secret.
ALGORITHMS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC": ("ES256", "ES384", "ES512"),
    "OKP": ("EdDSA",),
}
#: Difference of clocks that is accepted, and the age of a token that came by way of the browser's code.
LEEWAY_S, MAX_AGE_S = 60, 600
#: allauth stores at most so many characters of a subject.
MAX_TOKEN_LENGTH, MAX_SUBJECT_LENGTH = 16_384, 191
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class TokenRefused(Exception):
    """The token is not accepted. The argument says why, for tests and logs; it never holds the token."""


def verify_id_token(
    token: object, keys: list[dict[str, Any]], *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """Return the claims of an ID token. TokenRefused if anything about it is wrong."""
    claims = _verify(token, keys, issuer, client_id)
    found = claims.get("nonce")
    if not nonce or not isinstance(found, str) or not constant_time_compare(found, nonce):
        raise TokenRefused("nonce")
    _check_subject(claims)
    return claims


def verify_logout_token(
    token: object, keys: list[dict[str, Any]], *, issuer: str, client_id: str
) -> dict[str, Any]:
    """Return the claims of a logout token, which has `sub`, `sid` or both. TokenRefused otherwise."""
    claims = _verify(token, keys, issuer, client_id)
    events = claims.get("events")
    if not isinstance(events, Mapping) or not isinstance(events.get(LOGOUT_EVENT), Mapping):
        raise TokenRefused("events")
    if "nonce" in claims:  # else an ID token could be passed off as one
        raise TokenRefused("nonce")
    if not isinstance(claims.get("jti"), str):
        raise TokenRefused("jti")
    if "sub" in claims:
        _check_subject(claims)
    sid = claims.get("sid")
    if sid is not None and not (isinstance(sid, str) and 0 < len(sid) <= MAX_SUBJECT_LENGTH):
        raise TokenRefused("sid")
    if "sub" not in claims and sid is None:
        raise TokenRefused("sub")
    return claims


def _verify(token: object, keys: list[dict[str, Any]], issuer: str, client_id: str) -> dict[str, Any]:
    if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN_LENGTH:
        raise TokenRefused("form")
    try:
        header = jwt.get_unverified_header(token)
        key, algorithm = _find_key(header, keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[algorithm],
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY_S,
            options={"require": ["iss", "aud", "exp", "iat"]},
        )
    except (PyJWTError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        # PyJWT lets some errors of malformed keys and tokens through as they are.
        raise TokenRefused(type(error).__name__) from None
    _check_audience(claims, client_id)
    _check_age(claims)
    return claims


def _find_key(header: Mapping[str, Any], keys: list[dict[str, Any]]) -> tuple[Any, str]:
    """Return the key that the header names, and the algorithm, which has to fit the key."""
    algorithm, kid = header.get("alg"), header.get("kid")
    fitting = [
        one
        for one in keys
        if algorithm in ALGORITHMS.get(str(one.get("kty")), ())
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
    ]
    if kid is not None:
        fitting = [one for one in fitting if one.get("kid") == kid]
    if len(fitting) != 1:
        raise TokenRefused("key")
    return jwt.PyJWK(fitting[0], algorithm=str(algorithm)).key, str(algorithm)


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    """Refuse a token that was made for somebody else too, unless `azp` says that we asked for it."""
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise TokenRefused("azp")


def _check_age(claims: Mapping[str, Any]) -> None:
    """Refuse a token that was made long ago. PyJWT has refused one of the future."""
    made = claims["iat"]
    if isinstance(made, bool) or not isinstance(made, int | float):
        raise TokenRefused("iat")
    if timezone.now().timestamp() - made > MAX_AGE_S + LEEWAY_S:
        raise TokenRefused("age")


def _check_subject(claims: Mapping[str, Any]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_LENGTH or "\0" in subject:
        raise TokenRefused("sub")
