"""Find the person whom the claims of a provider name."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import IdentityLink, IdentityProvider, User
from accounts.models.user import user_id_validator
from accounts.school.identity.kinds import Kind, facts_of

Claims = Mapping[str, Any]
MatchBy = IdentityProvider.MatchBy
TRUE = (True, 1, "true", "1")


class Refused(Exception):
    """Nobody is signed in. The argument is the reason: unknown, ambiguous, linked, inactive or role."""


class Identity(NamedTuple):
    """A person whom a provider vouches for: its account there, the claims, and the session there."""

    provider: IdentityProvider
    subject: str
    claims: Claims
    session_id: str = ""


def find_person(identity: Identity) -> tuple[User | None, IdentityLink | None]:
    """Return the person, and the link of an earlier sign-in; None for somebody who is not in the console.

    Raise Refused for an account that must not sign in: it belongs to another organisation, names nobody or
    several people, or the person is linked with another account of this provider.
    """
    provider = identity.provider
    _check_organisation(provider, identity.claims)
    links = IdentityLink.objects.select_related("person__enterprise").filter(provider=provider)
    link = links.filter(subject=identity.subject).first()
    if link is not None:
        return link.person, link
    person = _find_by_claim(identity)
    if person is not None and links.filter(person=person).exists():
        raise Refused("linked")
    return person, None


def _check_organisation(provider: IdentityProvider, claims: Claims) -> None:
    """Refuse accounts outside of the organisation, which Google signs in all the same."""
    if provider.kind == Kind.GOOGLE and claims.get("hd") not in provider.mail_domains:
        raise Refused("unknown")
    if provider.kind == Kind.MICROSOFT and str(claims.get("tid", "")).lower() != provider.tenant:
        raise Refused("unknown")


def _find_by_claim(identity: Identity) -> User | None:
    people = User.objects.select_related("enterprise").filter(enterprise=identity.provider.enterprise_id)
    if identity.provider.match_by == MatchBy.E_MAIL:
        address = verified_address(identity)
        if not address:
            raise Refused("unknown")
        found = list(people.filter(e_mail__iexact=address).exclude(e_mail="")[:2])
        if len(found) > 1:
            raise Refused("ambiguous")
        return found[0] if found else None
    user_id = claimed_user_id(identity)
    if not user_id:
        raise Refused("unknown")
    return people.filter(user_id=user_id).first()


def claimed_user_id(identity: Identity) -> str:
    """Return the user ID that the claims name, or "".

    `bob@school.example` names bob if the domain is one of the provider's, `bob@1400000001` in that school.
    """
    provider = identity.provider
    by_mail = provider.match_by == MatchBy.E_MAIL
    text = verified_address(identity) if by_mail else _text(identity.claims, provider.claim_name)
    name, at, domain = text.rpartition("@")
    if at:
        known = (*provider.mail_domains, str(provider.enterprise.sdkappid))
        text = name if domain.lower() in known or (by_mail and not provider.mail_domains) else ""
    try:
        user_id_validator(text)
    except ValidationError:
        return ""
    return text


def verified_address(identity: Identity) -> str:
    """Return the e-mail address if the provider says that it belongs to the account, else ""."""
    provider, claims = identity.provider, identity.claims
    name = provider.claim_name if provider.match_by == MatchBy.E_MAIL else "email"
    address = _text(claims, name)
    verified = facts_of(provider).verified
    # What the provider verified is `email`; another attribute may be the person's own to change.
    if verified and address.lower() != _text(claims, "email").lower():
        return ""
    if verified and not any(claims.get(one) in TRUE for one in verified):
        return ""
    domain = address.rpartition("@")[2].lower()
    if provider.mail_domains and domain not in provider.mail_domains:
        return ""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def claim_values(claims: Claims, name: str) -> set[str]:
    """Return the values of an attribute as texts; a list has several."""
    value = claims.get(name)
    values = value if isinstance(value, list) else [value]
    return {str(one) for one in values if isinstance(one, str | int)}


def _text(claims: Claims, name: str) -> str:
    """Return a claim as a text. Numbers count, because employee numbers may be some; nothing else does."""
    value = claims.get(name)
    plain = isinstance(value, str | int) and not isinstance(value, bool)
    text = str(value).strip() if plain else ""
    return text if "\0" not in text else ""
