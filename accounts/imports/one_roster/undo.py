"""Undo a OneRoster import: groups, terms and sourcedIds, besides what the undo of any import of people does.

What was changed afterwards stays as it is.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from accounts.imports import undo
from accounts.imports.one_roster.links import Kind
from accounts.imports.one_roster.plan import session_values
from accounts.imports.one_roster.roster_validator import RETURNS, SOURCED_ID
from accounts.imports.one_roster.sessions import session_store
from accounts.imports.one_roster.writing import WRITTEN, lock_school, session_of
from accounts.models import PeopleImport, PeopleImportRow, RosterRow, SourcedId, StudentGroup, User
from accounts.people.group_services import restore_group, save_group
from accounts.people.services import deactivate_person, reactivate_person
from console.audit.trail import record

Outcome, Undone = RosterRow.Outcome, PeopleImportRow.Undone


def undo_roster(source: PeopleImport, *, by: User) -> None:
    """Undo an applied import, in the caller's transaction."""
    lock_school(source.enterprise_id)
    rows = list(source.roster_rows.exclude(kind=RosterRow.Kind.LINE).order_by("pk"))
    groups = [row for row in rows if row.kind == RosterRow.Kind.CLASS]
    _restore_groups(groups, by)  # first: the members move back by the former names
    _restore_activity(source, by)
    undo.undo_import(source, by=by)
    _restore_sessions([row for row in rows if row.kind == RosterRow.Kind.SESSION], by)
    _delete_people_links(source)
    _restore_links(source, rows)
    record("roster.import_undone", source, by=by, after={"file": source.filename})


def _restore_groups(rows: list[RosterRow], by: User) -> None:
    for row in rows:
        group = StudentGroup.objects.filter(pk=row.target or 0).first()
        after, before = row.after or {}, row.before or {}
        if group is None:
            continue
        if row.outcome == Outcome.LEFT:
            restore_group(group=group, by=by)
        elif row.outcome == Outcome.CHANGED and before["name"] != after["name"] == group.name:
            try:
                save_group(group=group, students=None, by=by, name=before["name"])
            except ValidationError:
                continue  # archived since, or the former name is taken: the group keeps its name


def _restore_activity(source: PeopleImport, by: User) -> None:
    """Reactivate who was deactivated, and the other way round."""
    left = SourcedId.objects.filter(enterprise=source.enterprise_id, kind=Kind.USER, left_at__isnull=False)
    gone = source.lines.filter(outcome=PeopleImportRow.LEFT).values("person")
    for person in _people(gone).filter(pk__in=left.values("target"), is_active=False):
        reactivate_person(person=person, by=by)
    left.filter(target__in=gone).update(left_at=None)
    back = source.lines.filter(outcome=Outcome.CHANGED, after__has_key=RETURNS).values("person")
    for person in _people(back).filter(is_active=True).exclude(pk=by.pk):
        deactivate_person(person=person, by=by)
    links = SourcedId.objects.filter(enterprise=source.enterprise_id, kind=Kind.USER)
    links.filter(target__in=back).update(left_at=timezone.now())


def _people(keys: Any) -> Any:
    return User.objects.filter(pk__in=keys, erased_at=None).order_by("pk")


def _restore_sessions(rows: list[RosterRow], by: User) -> None:
    store = session_store()
    for row in rows:
        if row.outcome not in WRITTEN or row.target is None or row.after is None:
            continue
        now = store.existing(row.enterprise).get(row.target)
        if now is None or session_values(now) != row.after:
            continue
        if row.before is None:
            store.delete_unused(row.target, by)
        else:
            try:
                store.store(row.enterprise, row.target, session_of(row.before), by)
            except ValidationError:
                continue  # a holiday was planned in the new days


def _delete_people_links(source: PeopleImport) -> None:
    """Forget the sourcedIds that the import stored; who is deactivated keeps theirs and may come back."""
    links = SourcedId.objects.filter(enterprise=source.enterprise_id, kind=Kind.USER)
    linked = source.lines.filter(outcome__in=WRITTEN, after__has_key=SOURCED_ID)
    deactivated = linked.filter(undone=Undone.DEACTIVATED).values("person")
    links.filter(target__in=deactivated).update(left_at=timezone.now())
    forgotten = linked.exclude(undone__in=(Undone.KEPT, Undone.DEACTIVATED))
    texts = forgotten.annotate(link=KeyTextTransform(SOURCED_ID, "after")).values("link")
    links.filter(sourced_id__in=texts).delete()


def _restore_links(source: PeopleImport, rows: list[RosterRow]) -> None:
    for row in rows:
        link = SourcedId.objects.filter(
            enterprise=source.enterprise_id, kind=row.kind, sourced_id=row.sourced_id, target=row.target or 0
        )
        if row.outcome == Outcome.ADDED or (row.before or {}).get("adopted"):
            link.delete()
        elif row.outcome == Outcome.CHANGED and "title" in (row.before or {}):
            link.update(title=(row.before or {})["title"])
