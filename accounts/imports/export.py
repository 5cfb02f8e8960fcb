"""Export of people and groups to files that can be imported. Contacts need a reason, which is recorded."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.imports.columns import (
    FIELDS,
    GRADE,
    GROUPS,
    GUARDIAN_COLUMNS,
    IN_CHARGE,
    LABELS,
    OFFICE_FIELDS,
    PRIVATE_FIELDS,
)
from accounts.imports.guardian_cells import StoredGuardian
from accounts.imports.guardians import stored_guardians
from accounts.imports.office_facts import StoredFacts, stored_facts
from accounts.models import Enterprise, GroupMembership, Guardian, StudentGroup, TeacherInCharge, User
from accounts.models.consent import AgeGroup, ConsentState
from accounts.models.roles import Role
from accounts.people.charges import charges_in_force
from console.audit.trail import record, record_data_access
from console.imports.columns import join_names
from console.imports.downloads import sheet_response
from console.policy import FieldVisibility, field_visibility, may, scoped
from console.sheets.columns import Column, ColumnType

BATCH = 2_000
WIDTHS = {
    "nickname": 18,
    "role": 14,
    "gender": 10,
    "phone_no": 18,
    "e_mail": 28,
    "avatar": 40,
    "age_group": 12,
    "date_of_birth": 14,
    "consent_on": 14,
    "consent_by": 24,
    "groups": 30,
    "grade": 12,
    "in_charge": 30,
}


def export_columns(reader: User, *, contacts: bool, stored: bool = False) -> list[Column]:
    """Return the columns that the reader may export; contacts only if requested and allowed.

    A file that is `stored` until it is fetched has neither OFFICE_FIELDS nor guardians, which the database
    has encrypted.
    """
    visibility = field_visibility(reader, "export", "person")
    hidden = {
        name for name in PRIVATE_FIELDS if not contacts or visibility.get(name) != FieldVisibility.CLEAR
    }
    hidden |= {
        name
        for name, (rule, _name) in OFFICE_FIELDS.items()
        if stored or not contacts or visibility.get(rule) != FieldVisibility.CLEAR
    }
    names = [name for name in (*FIELDS, *OFFICE_FIELDS, GROUPS, GRADE, IN_CHARGE) if name not in hidden]
    if contacts and not stored and may(reader, "list", "guardian"):
        names += GUARDIAN_COLUMNS
    columns = [Column(name, LABELS[name], ColumnType.TEXT, WIDTHS.get(name, 18)) for name in names]
    return [Column("user_id", LABELS["user_id"], ColumnType.ID, 20), *columns]


def exportable_people(
    reader: User, *, role: str = "", group: Any = None, groups: bool = False
) -> QuerySet[User]:
    """Return the people that the reader may export, filtered by role and group.

    With `groups`, only members of a group and people in charge of one.
    """
    people = User.objects.exclude(role=Role.VISITOR).filter(erased_at=None)
    people = scoped(people, reader, "person", "export")
    if role:
        people = people.filter(role=role)
    if group:
        people = people.filter(_members(reader, StudentGroup.objects.filter(pk=group.pk), groups))
    if groups:
        people = people.filter(_members(reader, StudentGroup.objects.filter(archived_at=None), True))
    return people


def _members(reader: User, groups: QuerySet[StudentGroup], with_teachers: bool) -> Q:
    """Return the filter for members of the groups and, with `with_teachers`, people in charge of them."""
    students = Q(pk__in=GroupMembership.objects.filter(group__in=groups).values("student"))
    if not with_teachers or reader.enterprise is None:
        return students
    in_charge = _present_charges(reader.enterprise).filter(group__in=groups).values("teacher")
    return students | Q(pk__in=in_charge)


def export_rows(
    people: QuerySet[User], school: Enterprise, columns: Sequence[Column], limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """Yield a row per person, ordered by user ID, with their unarchived groups and groups in charge today.

    Encrypted fields are read only if they are among the columns.
    """
    has_facts = any(column.key in OFFICE_FIELDS for column in columns)
    has_guardians = any(column.key in GUARDIAN_COLUMNS for column in columns)
    roles, genders, ages = dict(Role.choices), dict(User.Gender.choices), dict(AgeGroup.choices)
    rows = people.order_by("user_id").values("pk", "user_id", *FIELDS)[:limit].iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        keys = [row["pk"] for row in batch]
        groups, grades, in_charge = _group_names(keys), _grade_names(keys), _names_in_charge(school, keys)
        facts = stored_facts(keys) if has_facts else {}
        guardians = stored_guardians(keys) if has_guardians else {}
        for row in batch:
            role, gender = str(roles.get(row["role"], row["role"])), str(genders.get(row["gender"], ""))
            names = {GROUPS: groups.get(row["pk"], ()), IN_CHARGE: in_charge.get(row["pk"], ())}
            cells = {column: join_names(values) for column, values in names.items()}
            age = str(ages.get(row["age_group"], ""))
            cells[GRADE] = grades.get(row["pk"], "")
            told = _office_cells(facts[row["pk"]]) if row["pk"] in facts else {}
            cells |= _guardian_cells(guardians.get(row["pk"], ()))
            yield {**row, "role": role, "gender": gender, "age_group": age, **told, **cells}


def _office_cells(facts: StoredFacts) -> dict[str, str]:
    """Return the cells of encrypted fields; consent that was withdrawn is not given."""
    given = facts.consent == ConsentState.GIVEN
    return {
        "date_of_birth": facts.born.isoformat() if facts.born else "",
        "consent_on": facts.day.isoformat() if given and facts.day else "",
        "consent_by": facts.guardian if given else "",
    }


def _guardian_cells(stored: Sequence[StoredGuardian]) -> dict[str, str]:
    """Return the cells of the first two guardians; empty ones for who has fewer."""
    words: dict[str, dict[str, str]] = {
        "relation": {one.value: str(one.label) for one in Guardian.Relation},
        "language": {code: str(label) for code, label in settings.LANGUAGES},
    }
    cells = dict.fromkeys(GUARDIAN_COLUMNS, "")
    for column, (number, field) in GUARDIAN_COLUMNS.items():
        if number <= len(stored):
            value = stored[number - 1].values[field]
            cells[column] = words.get(field, {}).get(value, value)
    return cells


def _group_names(keys: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    entries = GroupMembership.objects.filter(student__in=keys, group__archived_at=None).order_by(
        "group__name"
    )
    for pk, name in entries.values_list("student_id", "group__name"):
        names.setdefault(pk, []).append(name)
    return names


def _grade_names(keys: Sequence[int]) -> dict[int, str]:
    """Return the grade of each person whose groups all have the same one."""
    names: dict[int, set[str]] = {}
    entries = GroupMembership.objects.filter(student__in=keys, group__archived_at=None)
    for pk, name in entries.values_list("student_id", "group__grade__name"):
        names.setdefault(pk, set()).add(name or "")
    return {pk: next(iter(found)) for pk, found in names.items() if len(found) == 1}


def _names_in_charge(school: Enterprise, keys: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    charges = _present_charges(school).filter(teacher__in=keys).order_by("group__name")
    for pk, name in charges.values_list("teacher_id", "group__name"):
        names.setdefault(pk, []).append(name)
    return names


def _present_charges(school: Enterprise) -> QuerySet[TeacherInCharge]:
    """Return who is in charge today; files of people name no deputies."""
    return charges_in_force(school).filter(kind=TeacherInCharge.Kind.CHARGE).order_by()


@transaction.atomic
def export_people(
    people: QuerySet[User], *, by: User, suffix: str, contacts: bool, reason: str, groups: bool = False
) -> HttpResponseBase:
    """Return the people as a file (`suffix` is .xlsx or .csv), and record the export."""
    columns = export_columns(by, contacts=contacts)
    keys = list(people.values_list("pk", flat=True))
    school: Any = by.enterprise
    record_export(keys, columns, by=by, suffix=suffix, reason=reason, groups=groups)
    return sheet_response(
        export_rows(people, school, columns), columns, export_title(groups), by=by, suffix=suffix
    )


def record_export(
    keys: Sequence[int], columns: Sequence[Column], *, by: User, suffix: str, reason: str, groups: bool
) -> None:
    """Record an export. If it includes contacts, it is listed on the page of each person."""
    keys_shown = [column.key for column in columns]
    contacts = [key for key in keys_shown if key in PRIVATE_FIELDS]
    contacts += [OFFICE_FIELDS[key][1] for key in keys_shown if key in OFFICE_FIELDS]
    contacts += ["guardian"] * ("guardian" not in contacts and "guardian1_name" in keys_shown)
    action = "group.export" if groups else "person.export"
    after = {"format": suffix.removeprefix("."), "rows": len(keys)}
    if contacts:
        record_data_access(
            action, keys, contacts, by=by, enterprise=by.enterprise, after=after, reason=reason
        )
    else:
        record(action, by=by, enterprise=by.enterprise, after=after, reason=reason)


def export_title(groups: bool) -> str:
    return _("Groups") if groups else _("People")
