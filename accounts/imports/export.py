"""Export of people and groups to files that can be imported. Contacts need a reason, which is recorded."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.imports.columns import FIELDS, GROUPS, IN_CHARGE, LABELS
from accounts.models import GroupMembership, StudentGroup, User
from accounts.models.roles import Role
from accounts.people.services import CONTACTS
from console.audit.trail import record, record_data_access
from console.imports.columns import join_names
from console.imports.downloads import sheet_response
from console.policy import FieldVisibility, field_visibility, scoped
from console.sheets.columns import Column, ColumnType

BATCH = 2_000
WIDTHS = {
    "nickname": 18,
    "role": 14,
    "gender": 10,
    "phone_no": 18,
    "e_mail": 28,
    "avatar": 40,
    "groups": 30,
    "in_charge": 30,
}


def export_columns(reader: User, *, contacts: bool) -> list[Column]:
    """Return the columns that the reader may export; contacts only if requested and allowed."""
    visibility = field_visibility(reader, "export", "person")
    hidden = {name for name in CONTACTS if not contacts or visibility.get(name) != FieldVisibility.CLEAR}
    names = [name for name in (*FIELDS, GROUPS, IN_CHARGE) if name not in hidden]
    columns = [Column(name, LABELS[name], ColumnType.TEXT, WIDTHS[name]) for name in names]
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
        people = people.filter(_group_members(StudentGroup.objects.filter(pk=group.pk), with_teachers=groups))
    if groups:
        people = people.filter(
            _group_members(StudentGroup.objects.filter(archived_at=None), with_teachers=True)
        )
    return people


def _group_members(groups: QuerySet[StudentGroup], *, with_teachers: bool) -> Q:
    """Return the filter for members of the groups and, with `with_teachers`, people in charge of them."""
    students = Q(pk__in=GroupMembership.objects.filter(group__in=groups).values("student"))
    in_charge = groups.exclude(teacher=None).values("teacher")
    return students | Q(pk__in=in_charge) if with_teachers else students


def export_rows(people: QuerySet[User], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield a row per person, ordered by user ID, with their unarchived groups and groups in charge."""
    roles, genders = dict(Role.choices), dict(User.Gender.choices)
    rows = people.order_by("user_id").values("pk", "user_id", *FIELDS)[:limit].iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        keys = [row["pk"] for row in batch]
        groups, in_charge = _group_names(keys), _names_in_charge(keys)
        for row in batch:
            role, gender = str(roles.get(row["role"], row["role"])), str(genders.get(row["gender"], ""))
            names = {GROUPS: groups.get(row["pk"], ()), IN_CHARGE: in_charge.get(row["pk"], ())}
            cells = {column: join_names(values) for column, values in names.items()}
            yield {**row, "role": role, "gender": gender, **cells}


def _group_names(keys: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    entries = GroupMembership.objects.filter(student__in=keys, group__archived_at=None).order_by(
        "group__name"
    )
    for pk, name in entries.values_list("student_id", "group__name"):
        names.setdefault(pk, []).append(name)
    return names


def _names_in_charge(keys: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    groups = StudentGroup.objects.filter(teacher__in=keys, archived_at=None).order_by("name")
    for pk, name in groups.values_list("teacher_id", "name"):
        names.setdefault(pk, []).append(name)
    return names


@transaction.atomic
def export_people(
    people: QuerySet[User], *, by: User, suffix: str, contacts: bool, reason: str, groups: bool = False
) -> HttpResponseBase:
    """Return the people as a file (`suffix` is .xlsx or .csv), and record the export."""
    columns = export_columns(by, contacts=contacts)
    keys = list(people.values_list("pk", flat=True))
    record_export(keys, columns, by=by, suffix=suffix, reason=reason, groups=groups)
    return sheet_response(export_rows(people), columns, export_title(groups), by=by, suffix=suffix)


def record_export(
    keys: Sequence[int], columns: Sequence[Column], *, by: User, suffix: str, reason: str, groups: bool
) -> None:
    """Record an export. If it includes contacts, it is listed on the page of each person."""
    contacts = [column.key for column in columns if column.key in CONTACTS]
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
