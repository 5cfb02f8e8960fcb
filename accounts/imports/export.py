"""People and groups as files that an import reads again; phone and e-mail only with a reason, on record."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import IO, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.imports.columns import FIELDS, GROUPS, IN_CHARGE, LABELS, join_groups
from accounts.models import FileImport, GroupStudent, StudentGroup, User
from accounts.roles import Role
from accounts.services import CONTACTS
from console.audit.trail import record, record_seen
from console.policy import Sight, fields, scoped
from console.sheets.columns import Column, Kind
from console.sheets.csv import csv_text
from console.sheets.download import attachment
from console.sheets.xlsx import xlsx

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


def columns_for(reader: User, *, contacts: bool) -> list[Column]:
    """The columns that this reader may take away; contacts only where asked for and allowed."""
    sights = fields(reader, "export", "person")
    hidden = {name for name in CONTACTS if not contacts or sights.get(name) != Sight.CLEAR}
    names = [name for name in (*FIELDS, GROUPS, IN_CHARGE) if name not in hidden]
    told = [Column(name, LABELS[name], Kind.TEXT, WIDTHS[name]) for name in names]
    return [Column("user_id", LABELS["user_id"], Kind.ID, 20), *told]


def people_of(reader: User, *, role: str = "", group: Any = None, groups: bool = False) -> QuerySet[User]:
    """Whom this reader may take away, narrowed to a role and a group; `groups`: only who is in one or heads
    one."""
    people = User.objects.exclude(role=Role.VISITOR).filter(erased_at=None)
    people = scoped(people, reader, "person", "export")
    if role:
        people = people.filter(role=role)
    if group:
        people = people.filter(_of(StudentGroup.objects.filter(pk=group.pk), with_teachers=groups))
    if groups:
        people = people.filter(_of(StudentGroup.objects.filter(archived_at=None), with_teachers=True))
    return people


def _of(groups: QuerySet[StudentGroup], *, with_teachers: bool) -> Q:
    """Who is in one of these groups, and who is in charge of one."""
    students = Q(pk__in=GroupStudent.objects.filter(group__in=groups).values("student"))
    in_charge = groups.exclude(teacher=None).values("teacher")
    return students | Q(pk__in=in_charge) if with_teachers else students


def rows_of(people: QuerySet[User], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """A row a person, by user id, with the groups in use that they are in and in charge of."""
    roles, genders = dict(Role.choices), dict(User.Gender.choices)
    found = people.order_by("user_id").values("pk", "user_id", *FIELDS)[:limit].iterator(BATCH)
    while bundle := list(islice(found, BATCH)):
        keys = [row["pk"] for row in bundle]
        groups, in_charge = _groups(keys), _in_charge(keys)
        for row in bundle:
            role, gender = str(roles.get(row["role"], row["role"])), str(genders.get(row["gender"], ""))
            named = {GROUPS: groups.get(row["pk"], ()), IN_CHARGE: in_charge.get(row["pk"], ())}
            told = {column: join_groups(names) for column, names in named.items()}
            yield {**row, "role": role, "gender": gender, **told}


def _groups(keys: Sequence[int]) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    entries = GroupStudent.objects.filter(student__in=keys, group__archived_at=None).order_by("group__name")
    for pk, name in entries.values_list("student_id", "group__name"):
        named.setdefault(pk, []).append(name)
    return named


def _in_charge(keys: Sequence[int]) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    groups = StudentGroup.objects.filter(teacher__in=keys, archived_at=None).order_by("name")
    for pk, name in groups.values_list("teacher_id", "name"):
        named.setdefault(pk, []).append(name)
    return named


@transaction.atomic
def export(
    people: QuerySet[User], *, by: User, suffix: str, contacts: bool, reason: str, groups: bool = False
) -> HttpResponseBase:
    """The people as a file (`suffix` is .xlsx or .csv), and a line of it on the trail."""
    columns = columns_for(by, contacts=contacts)
    keys = list(people.values_list("pk", flat=True))
    note(keys, columns, by=by, suffix=suffix, reason=reason, groups=groups)
    return sheet(rows_of(people), columns, title_of(groups), by=by, suffix=suffix)


def note(
    keys: Sequence[int], columns: Sequence[Column], *, by: User, suffix: str, reason: str, groups: bool
) -> None:
    """Put on record that these people left as a file. Where the columns hold contacts, each person's own page
    lists that their phone and e-mail were taken away."""
    seen = [column.key for column in columns if column.key in CONTACTS]
    action = "group.export" if groups else "person.export"
    told = {"format": suffix.removeprefix("."), "rows": len(keys)}
    if seen:
        record_seen(action, keys, seen, by=by, enterprise=by.enterprise, after=told, reason=reason)
    else:
        record(action, by=by, enterprise=by.enterprise, after=told, reason=reason)


def title_of(groups: bool) -> str:
    return _("Groups") if groups else _("People")


def refused(
    source: FileImport, *, by: User, suffix: str, said: Callable[[Any], str] = attrgetter("why")
) -> HttpResponseBase:
    """The refused rows in the columns of the file that was sent, each with its reason at the end: what `said`
    says of a row."""
    plain = [Column(str(place), heading or "—") for place, heading in enumerate(source.headings)]
    columns = [*plain, Column("row", _("Row"), Kind.NUMBER, 8), Column("reason", _("Reason"), width=70)]
    title = _("Refused rows")
    return sheet(_refused(source, said), columns, title, by=by, suffix=suffix)


def _refused(source: Any, said: Callable[[Any], str]) -> Iterator[dict[str, Any]]:
    rows = source.lines.filter(outcome="refused").order_by("number")
    empty = {str(place): "" for place in range(len(source.headings))}
    for row in rows.iterator(BATCH):
        cells = {str(place): cell for place, cell in enumerate(row.cells) if str(place) in empty}
        yield {**empty, **cells, "row": row.number, "reason": said(row)}


def sheet(
    rows: Iterator[dict[str, Any]], columns: Sequence[Column], title: str, *, by: User, suffix: str
) -> HttpResponseBase:
    """The rows as a file named after what it holds, the school and the day."""
    return attachment(written(rows, columns, title, by=by, suffix=suffix), name_of(title, by, suffix))


def name_of(title: str, by: User, suffix: str) -> str:
    return f"{title} {by.enterprise.name} {timezone.localdate():%Y-%m-%d}{suffix}"  # type: ignore[union-attr]


def written(
    rows: Iterator[dict[str, Any]], columns: Sequence[Column], title: str, *, by: User, suffix: str
) -> IO[bytes] | str:
    """The content of the file: text of a .csv, an open file of an .xlsx."""
    zone, school = by.enterprise.tz, by.enterprise.name  # type: ignore[union-attr]
    if suffix == ".csv":
        return csv_text(rows, columns, zone=zone)
    meta = {_("School"): school, _("Written"): timezone.localtime().isoformat(" ", "seconds")}
    return xlsx(rows, columns, title, meta, zone=zone)
