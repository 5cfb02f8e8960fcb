"""账号模块: registering, changing, finding people."""

import secrets
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Substr

from .. import address, clock, knobs, ledger
from ..errors import Code, Refusal
from ..store.models import Enterprise, Person, Session

AVATARS = 8


def find(enterprise: Enterprise, user_id: str) -> Person:
    """The person, or Refusal 10215."""
    person = Person.objects.filter(enterprise=enterprise, user_id=user_id).first()
    if person is None:
        raise Refusal(Code.NO_SUCH_USER, f"there is no user {user_id}")
    return person


def register(enterprise: Enterprise, wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """Make accounts. Known user ids come back in `repeats`; a knob says what becomes of the others.

    The refusal of a partial success leaves the new accounts made, so it is an answer and no exception.
    """
    asked = {one["user_id"] for one in wanted}
    known = set(
        Person.objects.filter(enterprise=enterprise, user_id__in=asked).values_list("user_id", flat=True)
    )
    fresh, repeats = [], []
    for one in wanted:
        if one["user_id"] in known:
            repeats.append(one["user_id"])
        else:
            known.add(one["user_id"])
            fresh.append(one)
    policy = knobs.value("register_repeats")
    if repeats and policy == "refuse_all":
        raise Refusal(Code.USER_EXISTS, "user exists", user_list=[], repeats=repeats)
    made = [create(enterprise, **one) for one in fresh]
    answer: dict[str, Any] = {
        "user_list": [{"user_id": p.user_id, "user_token": p.user_token} for p in made],
        "repeats": repeats,
    }
    if repeats and policy == "partial_error":
        answer |= {"error_code": int(Code.USER_EXISTS), "error_msg": "user exists"}
    return answer


def create(enterprise: Enterprise, user_id: str, role: str, **profile: Any) -> Person:
    """One new account with a fresh token; nickname and avatar get the document's defaults."""
    now = clock.now()
    profile.setdefault("nickname", user_id)
    profile["avatar"] = profile.get("avatar") or random_avatar()
    person = Person.objects.create(
        enterprise=enterprise,
        user_id=user_id,
        role=role,
        user_token=secrets.token_hex(16),
        regist_time=now,
        update_time=now,
        **profile,
    )
    ledger.effect(enterprise, "user", user_id, "registered", role=role)
    return person


def random_avatar() -> str:
    """附录4: who sets no avatar gets one of the service's own."""
    return f"{address.public()}/avatars/{secrets.randbelow(AVATARS)}.png"


def modify(enterprise: Enterprise, user_id: str, changes: dict[str, Any]) -> None:
    """Set the fields given, and no others."""
    person = find(enterprise, user_id)
    for name, value in changes.items():
        setattr(person, name, value)
    person.update_time = clock.now()
    person.save()
    ledger.effect(enterprise, "user", user_id, "modified", fields=sorted(changes))


def renew_token(enterprise: Enterprise, user_id: str) -> str:
    """A new user_token; the old one and every session opened with it are void."""
    person = find(enterprise, user_id)
    person.user_token = secrets.token_hex(16)
    person.save(update_fields=["user_token"])
    Session.objects.filter(person=person).delete()
    ledger.effect(enterprise, "user", user_id, "token_updated")
    return person.user_token


def listed(enterprise: Enterprise, roles: list[str], prefix: str) -> QuerySet[Person]:
    """Accounts by id. Visitors are no accounts: they are listed only where they are asked for."""
    people = Person.objects.filter(enterprise=enterprise).order_by("id")
    people = people.filter(role__in=roles) if roles else people.exclude(role="visitor")
    if prefix:
        # LIKE and GLOB fold case or know wildcards; a prefix is neither.
        people = people.annotate(head=Substr("user_id", 1, len(prefix))).filter(head=prefix)
    return people
