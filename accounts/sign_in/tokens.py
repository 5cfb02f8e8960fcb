"""REST tokens of a person: made, withdrawn, ended with the sign-in, and told of before they end."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from console.audit.trail import record
from console.notices.tell import tell
from console.policy.models import ApiToken
from console.policy.tokens import issue
from console.policy.tokenscopes import EVERYTHING, offered_to

#: Days before the end of a token from which its person is told, each once.
TOLD_BEFORE = (1, 7)
#: How long one that has ended is still listed.
LISTED_AFTER = timedelta(days=30)


@transaction.atomic
def add(*, person: User, name: str, scopes: Collection[str], days: int | None = None, by: User | None) -> str:
    """Make a token; the answer is the only place where it can be read.

    ValidationError where it would live too long, or a scope is none that the person's role has a part of.
    """
    days = settings.REST_TOKEN_DAYS if days is None else days
    if not 1 <= days <= settings.REST_TOKEN_MAX_DAYS:
        words = _("A token lives from 1 to %(most)d days.") % {"most": settings.REST_TOKEN_MAX_DAYS}
        raise ValidationError({"days": words})
    if beyond := sorted(set(scopes) - {*offered_to(person), EVERYTHING}):
        words = _("The role of this person has no part of: %(scopes)s.") % {"scopes": ", ".join(beyond)}
        raise ValidationError({"scopes": words})
    if not scopes:
        raise ValidationError({"scopes": _("Choose at least one thing that the token may do.")})
    token = issue(person, name, scopes=scopes, days=days)
    told = {"name": name, "scopes": sorted(scopes), "days": days}
    record("person.api_token", person, by=by, after=told)
    return token


@transaction.atomic
def withdraw(*, token: ApiToken, by: User | None) -> None:
    """End a token at once."""
    _end(token.user, [token], by)


@transaction.atomic
def end_all(person: User, *, by: User | None, reason: str = "") -> int:
    """End every token of a person, as where they leave or get another role; how many there were."""
    return _end(person, list(ApiToken.objects.filter(user=person)), by, reason)


def _end(person: User, tokens: list[ApiToken], by: User | None, reason: str = "") -> int:
    for token in tokens:
        told = {"name": token.name, "scopes": token.scopes}
        record("person.api_token_ended", person, by=by, before=told, reason=reason)
        token.delete()
    return len(tokens)


def warn() -> int:
    """Tell people of their tokens that end soon: a week and a day before, each once; how many notices."""
    now = timezone.now()
    soon = ApiToken.objects.filter(
        expires_at__gt=now,
        expires_at__lte=now + timedelta(days=max(TOLD_BEFORE)),
        user__is_active=True,
        user__enterprise__isnull=False,
    ).select_related("user__enterprise")
    return sum(_warn(token) for token in soon)


def _warn(token: ApiToken) -> int:
    left = token.expires_at - timezone.now()
    step = next(days for days in TOLD_BEFORE if left <= timedelta(days=days))
    return tell(
        "token.ends",
        people=[token.user],
        key=f"token {token.pk} {step}",
        args={"name": token.name, "day": f"{localtime(token.expires_at, token.user.enterprise.tz):%Y-%m-%d}"},
        link=reverse("accounts:my_tokens"),
    )


def tidy() -> int:
    """Drop tokens that ended long ago; how many."""
    return ApiToken.objects.filter(expires_at__lt=timezone.now() - LISTED_AFTER).delete()[0]
