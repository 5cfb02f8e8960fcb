"""账号模块: register, change and find people."""

import secrets
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Substr

from console.sandbox import clock, knobs, ledger, links
from console.sandbox.errors import Code, Refusal
from console.sandbox.store.models import Enterprise, Person, Session

AVATAR_COUNT = 8


def find(enterprise: Enterprise, user_id: str) -> Person:
    """Return the person; raise Refusal 10215 if there is none."""
    person = Person.objects.filter(enterprise=enterprise, user_id=user_id).first()
    if person is None:
        raise Refusal(Code.NO_SUCH_USER, f"there is no user {user_id}")
    return person


def register(enterprise: Enterprise, wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """Create accounts. Existing user ids are returned in `repeats`; a knob decides about the others.

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
    """Create an account with a new token; nickname and avatar get the document's defaults."""
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
    ledger.record_effect(enterprise, "user", user_id, "registered", role=role)
    return person


def random_avatar() -> str:
    """附录4: without an avatar, one of the service's avatars is used."""
    return f"{links.public_url()}/avatars/{secrets.randbelow(AVATAR_COUNT)}.png"


def modify(enterprise: Enterprise, user_id: str, changes: dict[str, Any]) -> None:
    """Set only the given fields."""
    person = find(enterprise, user_id)
    for name, value in changes.items():
        setattr(person, name, value)
    person.update_time = clock.now()
    person.save()
    ledger.record_effect(enterprise, "user", user_id, "modified", fields=sorted(changes))


def renew_token(enterprise: Enterprise, user_id: str) -> str:
    """Return a new user_token; the old one and all its sessions become invalid."""
    person = find(enterprise, user_id)
    person.user_token = secrets.token_hex(16)
    person.save(update_fields=["user_token"])
    Session.objects.filter(person=person).delete()
    ledger.record_effect(enterprise, "user", user_id, "token_updated")
    return person.user_token


def filter_users(enterprise: Enterprise, roles: list[str], prefix: str) -> QuerySet[Person]:
    """Return accounts by id. Visitors are listed only if requested."""
    people = Person.objects.filter(enterprise=enterprise).order_by("id")
    people = people.filter(role__in=roles) if roles else people.exclude(role="visitor")
    if prefix:
        # LIKE and GLOB ignore case or interpret wildcards; a prefix must do neither.
        people = people.annotate(head=Substr("user_id", 1, len(prefix))).filter(head=prefix)
    return people
