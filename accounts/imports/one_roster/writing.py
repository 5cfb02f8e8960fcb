"""Write a checked OneRoster import, or nothing if the school changed since the check."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.imports import services
from accounts.imports.one_roster.links import Kind, links_digest, store_links
from accounts.imports.one_roster.roster_validator import RETURNS, SOURCED_ID
from accounts.imports.one_roster.sessions import Session, session_store
from accounts.models import (
    Enterprise,
    PeopleImport,
    PeopleImportRow,
    RosterRow,
    SourcedId,
    StudentGroup,
    User,
)
from accounts.people.group_change_conflicts import GroupChangeRefused
from accounts.people.group_services import archive_group, save_group
from accounts.people.services import deactivate_person, reactivate_person
from console.audit.trail import record
from console.imports.import_type import ImportOutdated

Outcome = RosterRow.Outcome
WRITTEN = (Outcome.ADDED, Outcome.CHANGED)


def write_roster(source: PeopleImport, *, by: User, reason: str) -> None:
    """Write terms, people, groups and sourcedIds, in the caller's transaction.

    Raise ImportOutdated if the school changed since the check, GroupChangeRefused for schedule conflicts
    without a reason.
    """
    lock_school(source.enterprise_id)
    if links_digest(source.enterprise_id) != source.options["links"]:
        raise ImportOutdated
    try:
        _write_sessions(source, by)
        services.write_import(source, by=by, reason=reason)
        _write_groups(source, by)
    except GroupChangeRefused:
        raise
    except ValidationError:
        # What the check allowed is no longer possible: a name that is taken, a group that was archived.
        raise ImportOutdated from None
    _write_people(source, by)
    terms = source.roster_rows.filter(kind=RosterRow.Kind.SESSION, outcome__in=WRITTEN)
    after = {
        "file": source.filename,
        "deactivated": source.counts.get(PeopleImportRow.LEFT, 0),
        "archived": source.counts["groups"].get(Outcome.LEFT, 0),
        "terms": list(terms.values_list("name", flat=True)),
    }
    record("roster.import", source, by=by, after=after)


def lock_school(school: int) -> None:
    """Let no two imports of a school write at the same time."""
    Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=school)


def session_of(values: dict[str, Any]) -> Session:
    """Return a session as stored in a row."""
    return Session(values["name"], *(date.fromisoformat(values[key]) for key in ("starts_on", "ends_on")))


def _write_sessions(source: PeopleImport, by: User) -> None:
    rows = list(source.roster_rows.filter(kind=RosterRow.Kind.SESSION, after__isnull=False))
    store = session_store()
    for row in rows:
        if row.outcome in WRITTEN:
            row.target = store.store(source.enterprise, row.target, session_of(row.after or {}), by)
    _store_targets(source, Kind.SESSION, rows)


def _write_groups(source: PeopleImport, by: User) -> None:
    """Create groups without students, rename and archive; the people have moved by the present names."""
    rows = list(source.roster_rows.filter(kind=RosterRow.Kind.CLASS).order_by("pk"))
    _create_empty(source, [row for row in rows if row.outcome == Outcome.ADDED])
    for row in rows:
        after = row.after or {}
        if row.outcome == Outcome.CHANGED and after["name"] != after["now"]:
            save_group(group=_group(row), students=None, by=by, name=after["name"])
        elif row.outcome == Outcome.LEFT:
            archive_group(group=_group(row), by=by)
    _store_targets(source, Kind.CLASS, [row for row in rows if row.after])


def _group(row: RosterRow) -> StudentGroup:
    """Return the group of a row that changes one."""
    return StudentGroup.objects.get(pk=row.target or 0)


def _create_empty(source: PeopleImport, rows: list[RosterRow]) -> None:
    """Create the groups that nobody is in, and set the targets of all that are new."""
    known = services.active_group_ids(source.enterprise_id)
    groups = StudentGroup.objects.bulk_create(
        StudentGroup(enterprise_id=source.enterprise_id, name=row.name)
        for row in rows
        if row.name not in known
    )
    known |= {group.name: group.pk for group in groups}
    for row in rows:
        row.target = known[row.name]
    if groups:
        source.made_groups = [*source.made_groups, *(group.pk for group in groups)]
        source.save(update_fields=["made_groups"])


def _store_targets(source: PeopleImport, kind: str, rows: list[RosterRow]) -> None:
    RosterRow.objects.bulk_update(rows, ["target"], batch_size=500)
    links = {row.sourced_id: (row.target, row.facts["title"]) for row in rows if row.target is not None}
    store_links(source.enterprise_id, kind, links)


def _write_people(source: PeopleImport, by: User) -> None:
    """Store sourcedIds, deactivate who left and reactivate who is back."""
    written = source.lines.filter(outcome__in=WRITTEN)
    ids = written.filter(after__has_key=SOURCED_ID).values_list("after__sourced_id", "person")
    store_links(source.enterprise_id, Kind.USER, {one: (person, "") for one, person in ids})
    back = written.filter(after__has_key=RETURNS).values("person")
    for person in User.objects.filter(pk__in=back).order_by("pk"):
        reactivate_person(person=person, by=by)
    left = source.lines.filter(outcome=PeopleImportRow.LEFT).values("person")
    for person in User.objects.filter(pk__in=left, is_active=True).exclude(pk=by.pk).order_by("pk"):
        deactivate_person(person=person, by=by, reason=_("No longer in OneRoster."))
    links = SourcedId.objects.filter(enterprise=source.enterprise_id, kind=Kind.USER)
    links.filter(target__in=back).update(left_at=None)
    links.filter(target__in=left).update(left_at=timezone.now())
