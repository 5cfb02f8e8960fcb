"""Take in a roster: translate it and store its rows. The zip itself is not kept."""

from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.imports.one_roster.archive import UnreadableRoster, read_archive
from accounts.imports.one_roster.labels import FIELD_LABELS
from accounts.imports.one_roster.links import Kind, links_of
from accounts.imports.one_roster.options import RosterOptions, last_options
from accounts.imports.one_roster.roster_data import Record, RosterData
from accounts.imports.one_roster.translation import FIELDS, Known, Translation, translate
from accounts.models import ROSTER, Enterprise, PeopleImport, PeopleImportRow, RosterRow, User
from accounts.people.charges import school_day
from console.bulk_sql import bulk_insert
from console.imports.uploads import file_sha256


@transaction.atomic
def create_import(*, file: IO[bytes], filename: str, by: User) -> PeopleImport:
    """Create an import of the school of `by` from a zip. Raise ValidationError if it cannot be read."""
    try:
        data = read_archive(file)
    except UnreadableRoster as error:
        raise ValidationError(str(error), "unreadable") from None
    assert by.enterprise is not None  # people of a school upload
    return store_roster(data, by.enterprise, by=by, filename=filename, digest=file_sha256(file))


@transaction.atomic
def store_roster(
    data: RosterData, school: Enterprise, *, by: User, filename: str, digest: str
) -> PeopleImport:
    """Create an import from what a school's system says. Raise ValidationError if it says nothing."""
    _check_schools(data)
    known = Known(frozenset(links_of(school.pk, Kind.USER)), frozenset(links_of(school.pk, Kind.CLASS)))
    found = translate(data, known, school_day(school))
    options = last_options(school.pk) or RosterOptions()
    source = PeopleImport.objects.create(
        enterprise=school,
        by=by,
        filename=filename[-200:],
        kind=ROSTER,
        digest=digest,
        headings=[str(FIELD_LABELS[name]) for name in FIELDS],
        columns=list(FIELDS),
        options={**options.to_dict(), "modes": data.modes, "version": data.version},
        rows_in_all=len(found.people),
    )
    _store(source, found)
    if not (found.people or source.roster_rows.exists()):
        raise ValidationError(_("The files contain no terms, classes, people or enrollments."), "empty")
    return source


def _check_schools(data: RosterData) -> None:
    """Raise ValidationError for several schools: their people would become those of one."""
    schools = [
        one for one in data.records("orgs.csv") if one.get("type").lower() == "school" and not one.is_deleted
    ]
    if len({one.sourced_id for one in schools}) > 1:
        message = _("It contains %(n)d schools. Choose one school in your student information system.")
        raise ValidationError(message % {"n": len(schools)}, "schools")


def _store(source: PeopleImport, found: Translation) -> None:
    bulk_insert(
        [
            PeopleImportRow(
                source=source,
                enterprise_id=source.enterprise_id,
                number=person.number,
                cells=[values.get(name, "") for name in FIELDS],
            )
            for person in found.people
            for values in [person.values()]
        ]
    )
    rows = [_class_row(source, record) for record in found.classes]
    rows += [_session_row(source, record) for record in found.sessions]
    bulk_insert([*rows, *found.refusals.rows(source)])


def _class_row(source: PeopleImport, record: Record) -> RosterRow:
    title = record.get("title")[:200]
    facts: dict[str, Any] = {
        "title": title,
        "code": record.get("classCode")[:100],
        "homeroom": record.get("classType").lower() == "homeroom",
        "deleted": record.is_deleted,
    }
    return _row(source, RosterRow.Kind.CLASS, "classes.csv", record, title, facts)


def _session_row(source: PeopleImport, record: Record) -> RosterRow:
    title = record.get("title")[:200]
    days = {"starts_on": record.get("startDate")[:10], "ends_on": record.get("endDate")[:10]}
    return _row(
        source, RosterRow.Kind.SESSION, "academicSessions.csv", record, title, {"title": title, **days}
    )


def _row(
    source: PeopleImport, kind: str, file: str, record: Record, name: str, facts: dict[str, Any]
) -> RosterRow:
    return RosterRow(
        source=source,
        enterprise_id=source.enterprise_id,
        kind=kind,
        file=file,
        line=record.line,
        sourced_id=record.sourced_id,
        name=name,
        facts=facts,
    )
