"""Encryption of personal data under a key per person, so that it can be erased without changing the trail.

    sealed = seal_for(person, "Bob")      "p1.<person>.<nonce, ciphertext and tag>"
    unseal(sealed)                        "Bob", or ERASED after `erase_person_keys(person.pk)`

The chain covers the ciphertext, so it still verifies after an erasure. The app that has the people registers
their personal fields with `register_personal_fields`; apps that store personal data elsewhere register a
function with `register_scrubber`, which `erase_personal_data` calls.
"""

import base64
import binascii
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.audit.models import PersonKey
from console.vault.keyring import VaultError

SEALED_PATTERN = re.compile(r"p1\.([1-9][0-9]{0,18})\.([A-Za-z0-9_-]{38,}={0,2}|)", re.ASCII)


class UnavailableValue:
    """Replacement for a value whose key is destroyed or that cannot be decrypted."""

    def __init__(self, text: str | Promise) -> None:
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


ERASED = UnavailableValue(_("erased"))
UNDECRYPTABLE = UnavailableValue(_("cannot be viewed"))
Scrubber = Callable[[Any], int]
#: Encrypts a value for a person.
Sealer = Callable[[Any, Any], str]
_scrubbers: dict[str, Scrubber] = {}
_personal_fields: dict[str, frozenset[str]] = {}


def register_personal_fields(model_label: str, fields: Iterable[str]) -> None:
    """Register the personal fields of a model whose rows are people themselves."""
    _personal_fields[model_label.lower()] = frozenset(fields)


def personal_fields(obj: models.Model | None) -> frozenset[str]:
    """Return the personal fields of a row."""
    return _personal_fields.get(obj._meta.label_lower, frozenset()) if obj is not None else frozenset()


def is_person(obj: Any) -> bool:
    return isinstance(obj, models.Model) and obj._meta.label_lower in _personal_fields


def seal_for(person: Any, value: Any) -> str:
    """Encrypt a JSON-serializable value for a stored person.

    If the person's key is destroyed, the value is dropped, because their data was erased.
    """
    return make_sealer([person])(person, value)


def make_sealer(people: Iterable[Any]) -> Sealer:
    """Return a function like `seal_for` for these stored people, with at most three queries for all keys."""
    keys = _get_or_create_keys([person.pk for person in people])
    ciphers = {row.person_id: _cipher_of_key(row) for row in keys}

    def seal(person: Any, value: Any) -> str:
        cipher = ciphers[person.pk]
        if cipher is None:
            return f"p1.{person.pk}."
        plaintext = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
        nonce = os.urandom(12)
        body = cipher.encrypt(nonce, plaintext, _associated_data(person.pk))
        return f"p1.{person.pk}.{base64.urlsafe_b64encode(nonce + body).decode()}"

    return seal


def unseal(sealed: str) -> Any:
    """Decrypt a value. Return ERASED if its key is destroyed, UNDECRYPTABLE if it cannot be decrypted."""
    return make_unsealer([sealed])(sealed)


def make_unsealer(values: Iterable[Any]) -> Callable[[Any], Any]:
    """Return a function that decrypts these values, with one query for all keys."""
    person_ids = {person_id for value in values for person_id in _person_ids_in(value)}
    rows = PersonKey.objects.filter(person_id__in=person_ids)
    ciphers = {row.person_id: _cipher_of_key(row) for row in rows} if person_ids else {}

    def unseal_value(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: unseal_value(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [unseal_value(inner) for inner in value]
        match = SEALED_PATTERN.fullmatch(value) if isinstance(value, str) else None
        return _decrypt(int(match[1]), match[2], ciphers) if match else value

    return unseal_value


@transaction.atomic
def erase_person_keys(user_pk: int) -> bool:
    """Destroy the key of a person, so that their data in the audit trail cannot be read any more.

    Return whether there was a key. This cannot be undone: later entries about the person omit personal data.
    """
    PersonKey.objects.bulk_create([PersonKey(person_id=user_pk)], ignore_conflicts=True)
    row = PersonKey.objects.select_for_update(of=("self",)).get(person_id=user_pk)
    if row.destroyed_at is not None:
        return False
    had_key = bool(row.key)
    PersonKey.objects.filter(pk=row.pk).update(key=None, destroyed_at=timezone.now())
    return had_key


def register_scrubber(name: str) -> Callable[[Scrubber], Scrubber]:
    """Register a function that erases a person's data from rows of an app and returns how many."""

    def decorator(scrub: Scrubber) -> Scrubber:
        _scrubbers[name] = scrub
        return scrub

    return decorator


@transaction.atomic
def erase_personal_data(person: Any) -> dict[str, int]:
    """Scrub a person's data in all apps and destroy the key; return the number of rows by scrubber.

    The caller records the erasure.
    """
    scrubbed = {name: scrub(person) for name, scrub in sorted(_scrubbers.items())}
    return {**scrubbed, "keys": int(erase_person_keys(person.pk))}


def _get_or_create_keys(ids: Collection[int]) -> list[PersonKey]:
    """Return the rows of people's keys; create them at first use. Concurrent callers get the same rows."""
    rows = PersonKey.objects.filter(person_id__in=ids)
    found = list(rows)
    if missing := set(ids) - {row.person_id for row in found}:
        new = [PersonKey(person_id=pk, key=_new_key()) for pk in sorted(missing)]
        for row in new:
            row.seal()
        PersonKey.objects.bulk_create(new, ignore_conflicts=True)
        found += rows.filter(person_id__in=missing)
    return found


def _new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def _cipher_of_key(row: PersonKey) -> AESGCM | None:
    return AESGCM(base64.b64decode(row.key.reveal())) if row.key else None


def _decrypt(person: int, body: str, ciphers: dict[int, AESGCM | None]) -> Any:
    if person not in ciphers:
        return UNDECRYPTABLE
    cipher = ciphers[person]
    if cipher is None or not body:
        return ERASED
    try:
        raw = base64.urlsafe_b64decode(body)
        return json.loads(cipher.decrypt(raw[:12], raw[12:], _associated_data(person)))
    except (binascii.Error, InvalidTag, VaultError, ValueError):
        return UNDECRYPTABLE


def _associated_data(person: int) -> bytes:
    return f"iclass console trail {person}".encode()


def _person_ids_in(value: Any) -> Iterable[int]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _person_ids_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _person_ids_in(inner)
    elif isinstance(value, str) and (match := SEALED_PATTERN.fullmatch(value)):
        yield int(match[1])
