"""People and groups as files that an import reads again; phone and e-mail only with a reason, on record."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.imports.columns import FIELDS, GROUPS, LABELS, join_groups
from accounts.models import GroupStudent, ImportRow, PeopleImport, User
from accounts.roles import Role
from accounts.services import CONTACTS
from console.audit.trail import record, record_seen
from console.policy import Sight, fields
from console.sheets.columns import Column, Kind
from console.sheets.csv import csv_text
from console.sheets.download import attachment
from console.sheets.xlsx import xlsx

BATCH = 2_000
WIDTHS = {"nickname": 18, "role": 14, "gender": 10, "phone_no": 18, "e_mail": 28, "avatar": 40, "groups": 30}


def columns_for(reader: User, *, contacts: bool) -> list[Column]:
    """The columns that this reader may take away; contacts only where asked for and allowed."""
    sights = fields(reader, "export", "person")
    hidden = {name for name in CONTACTS if not contacts or sights.get(name) != Sight.CLEAR}
    names = [name for name in (*FIELDS, GROUPS) if name not in hidden]
    told = [Column(name, LABELS[name], Kind.TEXT, WIDTHS[name]) for name in names]
    return [Column("user_id", LABELS["user_id"], Kind.ID, 20), *told]


def rows_of(people: QuerySet[User]) -> Iterator[dict[str, Any]]:
    """A row a person, by user id, with the groups in use that they are in."""
    roles, genders = dict(Role.choices), dict(User.Gender.choices)
    found = people.order_by("user_id", "pk").values("pk", "user_id", *FIELDS).iterator(BATCH)
    while bundle := list(islice(found, BATCH)):
        groups = _groups([row["pk"] for row in bundle])
        for row in bundle:
            role, gender = str(roles.get(row["role"], row["role"])), str(genders.get(row["gender"], ""))
            yield {**row, "role": role, "gender": gender, GROUPS: join_groups(groups.get(row["pk"], ()))}


def _groups(keys: Sequence[int]) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    entries = GroupStudent.objects.filter(student__in=keys, group__archived_at=None).order_by("group__name")
    for pk, name in entries.values_list("student_id", "group__name"):
        named.setdefault(pk, []).append(name)
    return named


@transaction.atomic
def export(
    people: QuerySet[User], *, by: User, suffix: str, contacts: bool, reason: str, groups: bool = False
) -> HttpResponseBase:
    """The people as a file (`suffix` is .xlsx or .csv), and a line of it on the trail.

    With contacts, each person's own page lists that their phone and e-mail were taken away. `groups`: who is
    in no group is left out.
    """
    if groups:
        people = people.filter(pk__in=GroupStudent.objects.filter(group__archived_at=None).values("student"))
    columns = columns_for(by, contacts=contacts)
    seen = [column.key for column in columns if column.key in CONTACTS]
    keys = list(people.values_list("pk", flat=True))
    action = "group.export" if groups else "person.export"
    told = {"format": suffix.removeprefix("."), "rows": len(keys)}
    if seen:
        record_seen(action, keys, seen, by=by, enterprise=by.enterprise, after=told, reason=reason)
    else:
        record(action, by=by, enterprise=by.enterprise, after=told, reason=reason)
    title = _("Groups") if groups else _("People")
    return sheet(rows_of(people), columns, title, by=by, suffix=suffix)


def refused(source: PeopleImport, *, by: User, suffix: str) -> HttpResponseBase:
    """The refused rows in the columns of the file that was sent, each with its reason at the end."""
    plain = [Column(str(place), heading or "—") for place, heading in enumerate(source.headings)]
    columns = [*plain, Column("row", _("Row"), Kind.NUMBER, 8), Column("reason", _("Reason"), width=70)]
    title = _("Refused rows")
    return sheet(_refused(source), columns, title, by=by, suffix=suffix)


def _refused(source: PeopleImport) -> Iterator[dict[str, Any]]:
    rows = source.lines.filter(outcome=ImportRow.Outcome.REFUSED).order_by("number")
    empty = {str(place): "" for place in range(len(source.headings))}
    for row in rows.iterator(BATCH):
        cells = {str(place): cell for place, cell in enumerate(row.cells) if str(place) in empty}
        yield {**empty, **cells, "row": row.number, "reason": row.why}


def sheet(
    rows: Iterator[dict[str, Any]], columns: Sequence[Column], title: str, *, by: User, suffix: str
) -> HttpResponseBase:
    """The rows as a file named after what it holds, the school and the day."""
    zone, school = by.enterprise.tz, by.enterprise.name  # type: ignore[union-attr]
    name = f"{title} {school} {timezone.localdate():%Y-%m-%d}{suffix}"
    if suffix == ".csv":
        return attachment(csv_text(rows, columns, zone=zone), name)
    meta = {_("School"): school, _("Written"): timezone.localtime().isoformat(" ", "seconds")}
    return attachment(xlsx(rows, columns, title, meta, zone=zone), name)
