"""What is a person's own, sealed under a key of that person: it is forgotten without touching the trail.

    sealed = seal_for(person, "Bob")      "p1.<person>.<nonce, ciphertext and tag>"
    open_for(sealed)                      "Bob", or ERASED once `erase_person_keys(person.pk)` was called

The chain covers the ciphertext, so that it still verifies. Apps that keep a person's words elsewhere register
a function with `scrubber`, which `erase` calls.
"""

import base64
import binascii
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.audit.models import PersonKey
from console.vault.errors import VaultError

#: The fields that are a person's own, by model. The row itself is the person.
PERSONAL: Final[dict[str, frozenset[str]]] = {
    "accounts.user": frozenset({"nickname", "gender", "avatar", "phone_no", "e_mail"}),
}
SHAPE = re.compile(r"p1\.([1-9][0-9]{0,18})\.([A-Za-z0-9_-]{38,}={0,2}|)", re.ASCII)


class Erased:
    """What stands in place of a value whose key is destroyed, or that cannot be opened."""

    def __init__(self, words: str | Promise) -> None:
        self.words = words

    def __str__(self) -> str:
        return str(self.words)


ERASED = Erased(_("erased"))
SPOILT = Erased(_("cannot be opened"))
Scrub = Callable[[Any], int]
_scrubbers: dict[str, Scrub] = {}


def personal_fields(obj: models.Model | None) -> frozenset[str]:
    """Which fields of this row are its person's own."""
    return PERSONAL.get(obj._meta.label_lower, frozenset()) if obj is not None else frozenset()


def is_person(obj: Any) -> bool:
    return isinstance(obj, models.Model) and obj._meta.label_lower in PERSONAL


def seal_for(person: Any, value: Any) -> str:
    """The value (anything that JSON can say) sealed for a stored person.

    For somebody whose key is destroyed the value is dropped: they were promised to be forgotten.
    """
    cipher = _cipher(_key_of(person))
    if cipher is None:
        return f"p1.{person.pk}."
    clear = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
    nonce = os.urandom(12)
    body = cipher.encrypt(nonce, clear, _bound_to(person.pk))
    return f"p1.{person.pk}.{base64.urlsafe_b64encode(nonce + body).decode()}"


def open_for(sealed: str) -> Any:
    """The value; ERASED where the person's key is destroyed, SPOILT where it does not fit."""
    return opener([sealed])(sealed)


def opener(values: Iterable[Any]) -> Callable[[Any], Any]:
    """A function that opens what is sealed in values of the trail; one query for all of them."""
    wanted = {match for value in values for match in _people_in(value)}
    rows = PersonKey.objects.filter(person_id__in=wanted)
    ciphers = {row.person_id: _cipher(row) for row in rows} if wanted else {}

    def opened(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: opened(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [opened(inner) for inner in value]
        match = SHAPE.fullmatch(value) if isinstance(value, str) else None
        return _open(int(match[1]), match[2], ciphers) if match else value

    return opened


@transaction.atomic
def erase_person_keys(user_pk: int) -> bool:
    """Destroy the key of a person: what the trail holds of them cannot be read any more, by nobody.

    Answers whether there was one to destroy. Never undone; a later act about them is written without them.
    """
    PersonKey.objects.bulk_create([PersonKey(person_id=user_pk)], ignore_conflicts=True)
    row = PersonKey.objects.select_for_update(of=("self",)).get(person_id=user_pk)
    if row.destroyed_at is not None:
        return False
    had = bool(row.key)
    PersonKey.objects.filter(pk=row.pk).update(key=None, destroyed_at=timezone.now())
    return had


def scrubber(name: str) -> Callable[[Scrub], Scrub]:
    """Register a function that takes a person's own words out of rows of an app, and answers of how many."""

    def registered(scrub: Scrub) -> Scrub:
        _scrubbers[name] = scrub
        return scrub

    return registered


@transaction.atomic
def erase(person: Any) -> dict[str, int]:
    """Scrub what apps keep of a person and destroy the key; how many rows of each. The caller records it."""
    scrubbed = {name: scrub(person) for name, scrub in sorted(_scrubbers.items())}
    return {**scrubbed, "keys": int(erase_person_keys(person.pk))}


def _key_of(person: Any) -> PersonKey:
    """The row of a person's key, made at the first need; two who need it at once get the same."""
    found = PersonKey.objects.filter(person_id=person.pk).first()
    if found is None:
        fresh = PersonKey(person_id=person.pk, key=base64.b64encode(os.urandom(32)).decode())
        fresh.seal()
        PersonKey.objects.bulk_create([fresh], ignore_conflicts=True)
        found = PersonKey.objects.get(person_id=person.pk)
    return found


def _cipher(row: PersonKey) -> AESGCM | None:
    return AESGCM(base64.b64decode(row.key.reveal())) if row.key else None


def _open(person: int, body: str, ciphers: dict[int, AESGCM | None]) -> Any:
    if person not in ciphers:
        return SPOILT
    cipher = ciphers[person]
    if cipher is None or not body:
        return ERASED
    try:
        raw = base64.urlsafe_b64decode(body)
        return json.loads(cipher.decrypt(raw[:12], raw[12:], _bound_to(person)))
    except (binascii.Error, InvalidTag, VaultError, ValueError):
        return SPOILT


def _bound_to(person: int) -> bytes:
    return f"iclass console trail {person}".encode()


def _people_in(value: Any) -> Iterable[int]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _people_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _people_in(inner)
    elif isinstance(value, str) and (match := SHAPE.fullmatch(value)):
        yield int(match[1])
