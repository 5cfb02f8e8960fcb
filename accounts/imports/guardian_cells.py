"""Guardians in a row of an import: the cells, and whom they are about. Runs no query.

A row has columns for two guardians. One is matched by name, else by phone, among those of the student; an
empty cell changes nothing. Refusals name the column, not the value, which is a contact.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.imports.columns import GUARDIAN_COLUMNS, GUARDIAN_FIELDS, LANGUAGES, RELATIONS
from accounts.imports.row_validation import RowRefusal, RowRefused
from accounts.models import Guardian
from accounts.models.phone_number import PHONE_PATTERN
from accounts.people.guardians.services import MAX_GUARDIANS
from console.imports.columns import normalize_heading
from console.sheets.formulas import escape_formula

MAX_NAME_LENGTH = 120
_EMAIL_FIELD = forms.EmailField(required=False, max_length=254)
Values = dict[str, str]


class StoredGuardian(NamedTuple):
    """A guardian with the values of GUARDIAN_FIELDS in clear."""

    pk: int
    values: Values


class GuardianEntry(NamedTuple):
    """What a row says of its first or second guardian; `pk` is None for one who is added."""

    number: int
    pk: int | None
    values: Values
    changed: list[str]

    @property
    def names_another(self) -> bool:
        """Whether a known guardian gets another name and another phone or address."""
        is_renamed = self.pk is not None and "name" in self.changed
        return is_renamed and not {"phone_no", "e_mail"}.isdisjoint(self.changed)


def has_guardian_cells(values: Mapping[str, str]) -> bool:
    """Whether a row names a guardian."""
    return any(values.get(column, "").strip() for column in GUARDIAN_COLUMNS)


def guardian_entries(values: Mapping[str, str], stored: Sequence[StoredGuardian]) -> list[GuardianEntry]:
    """Return the guardians that a row adds or changes. Raise RowRefused for a cell that is wrong."""
    entries: list[GuardianEntry] = []
    matched: set[int] = set()
    for number in (1, 2):
        cells = {
            field: values.get(column, "").strip()
            for column, (n, field) in GUARDIAN_COLUMNS.items()
            if n == number
        }
        if not any(cells.values()):
            continue
        known = _match(cells, stored)
        if known and known.pk in matched:
            raise RowRefused(RowRefusal(_column(number, "name"), "", "guardian_twice"))
        entry = _entry(number, cells, known)
        if known is None and any(one.pk is None and _same(one.values, entry.values) for one in entries):
            raise RowRefused(RowRefusal(_column(number, "name"), "", "guardian_twice"))
        matched |= {known.pk} if known else set()
        entries.append(entry)
    added = [one for one in entries if one.pk is None]
    if len(stored) + len(added) > MAX_GUARDIANS:
        raise RowRefused(
            RowRefusal(_column(added[0].number, "name"), "", "guardian_many", str(MAX_GUARDIANS))
        )
    return [one for one in entries if one.changed]


def _match(cells: Values, stored: Sequence[StoredGuardian]) -> StoredGuardian | None:
    """Return the stored guardian of a row: by name, else by phone."""
    name = cells["name"]
    for one in stored:
        if name and name.casefold() in (one.values["name"].casefold(), _escaped(one, "name").casefold()):
            return one
    phone = _digits(cells["phone_no"])
    return next((one for one in stored if phone and _digits(one.values["phone_no"]) == phone), None)


def _entry(number: int, cells: Values, known: StoredGuardian | None) -> GuardianEntry:
    """Return the values after the import. A stored value is always accepted, even if it is invalid."""
    after = {}
    for field in GUARDIAN_FIELDS:
        cell, now = cells[field], known.values[field] if known else ""
        is_stored = bool(known) and cell in ("", now, escape_formula(now))
        after[field] = now if is_stored else _parse(field, cell, number)
    if not after["phone_no"] and not after["e_mail"]:
        raise RowRefused(RowRefusal(_column(number, "phone_no"), "", "guardian_contact"))
    changed = [field for field in GUARDIAN_FIELDS if known is None or after[field] != known.values[field]]
    return GuardianEntry(number, known.pk if known else None, after, changed)


def _parse(field: str, cell: str, number: int) -> str:
    refusal = RowRefusal(_column(number, field), "", f"guardian_{field}")
    if field == "name" and not 1 <= len(cell) <= MAX_NAME_LENGTH:
        raise RowRefused(refusal)
    if field == "relation":
        return _spelled(RELATIONS, cell, refusal) if cell else Guardian.Relation.OTHER.value
    if field == "language":
        return _spelled(LANGUAGES, cell, refusal) if cell else settings.LANGUAGE_CODE
    if field == "phone_no" and cell and not PHONE_PATTERN.fullmatch(cell):
        raise RowRefused(refusal._replace(reason="phone"))
    if field == "e_mail":
        try:
            return str(_EMAIL_FIELD.clean(cell))
        except ValidationError:
            raise RowRefused(refusal._replace(reason="mail")) from None
    return cell


def _spelled(known: Mapping[str, str], cell: str, refusal: RowRefusal) -> str:
    value = known.get(normalize_heading(cell))
    if value is None:
        raise RowRefused(refusal)
    return value


def _same(one: Values, other: Values) -> bool:
    phone = _digits(one["phone_no"])
    return one["name"].casefold() == other["name"].casefold() or (
        bool(phone) and phone == _digits(other["phone_no"])
    )


def _escaped(one: StoredGuardian, field: str) -> str:
    return escape_formula(one.values[field])


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _column(number: int, field: str) -> str:
    return next(name for name, place in GUARDIAN_COLUMNS.items() if place == (number, field))
