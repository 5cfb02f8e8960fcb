"""Undo an import.

Added people who were never sent to the API and have no references are deleted; the API keeps everybody else,
so they are deactivated here. Changed people get their fields and groups back. People who changed since the
import keep their state, and the import lists them.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import models
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.imports import group_grades, group_teachers
from accounts.imports.columns import FIELDS, GROUPS
from accounts.imports.comparison import people_by_user_id
from accounts.imports.guardians import (
    count_guardians,
    people_with_other_guardians,
    restore_guardians,
    rows_with_other_guardians,
)
from accounts.imports.office_facts import (
    ENTERED,
    StoredFacts,
    are_as_imported,
    clear_entered_facts,
    count_entered_facts,
    stored_facts,
    with_other_consent,
)
from accounts.imports.row_validation import ExistingPerson
from accounts.imports.services import (
    CHANGE_FIELDS,
    apply_group_moves,
    assignments,
    changed_people,
    end_access_of_changed,
    enqueue_changes,
    execute_sql,
    send_group_changes,
)
from accounts.models import (
    Avatar,
    Consent,
    GroupMembership,
    Guardian,
    PeopleImport,
    PeopleImportRow,
    StudentGroup,
    TeacherInCharge,
    User,
)
from accounts.models.roles import Role
from accounts.models.searchable_name import update_pinyin
from accounts.people import avatars
from accounts.people.group_change_conflicts import check_group_conflicts
from accounts.sign_in.services import end_all_access
from console.audit.models import PersonKey
from console.audit.trail import record
from console.outbox.models import Operation
from console.outbox.services import supersede
from console.policy.database_scope import as_owner

BATCH = 2_000
Outcome, State, Undone = PeopleImportRow.Outcome, PeopleImport.State, PeopleImportRow.Undone
#: References that do not prevent the deletion of a person. Consent does (`with_other_consent`) if the person
#: recorded it or the import did not enter it; so do guardians that the import did not add.
DEPENDENT_MODELS = (
    *(GroupMembership, TeacherInCharge, PersonKey, PeopleImportRow, Avatar, Consent),
    Guardian,
)

_RESTORE_SQL = f"""
UPDATE accounts_user u SET {assignments("before")}
FROM accounts_importrow r
WHERE r.source_id = %s AND r.undone = 'restored' AND u.id = r.person_id
"""


def undo_import(source: PeopleImport, *, by: User) -> None:
    """Undo an applied import, in the caller's transaction."""
    _lock_rows(source)
    group_teachers.restore_teachers(source, by)
    grades = group_grades.restore_grades(source)
    for batch in _batches(source):
        _decide_rows(source, batch, by)
    restore_guardians(source, by)
    clear_entered_facts(source)  # before the fields: the age group of who has no date is that of the row
    execute_sql(_RESTORE_SQL, source.pk)
    update_pinyin(changed_people(source, "nickname", undone=Undone.RESTORED))
    moves = apply_group_moves(source.enterprise_id, _reverse_group_moves(source), {})
    counts = _count_undone(source)
    undone = _affected_rows(source).exclude(undone=Undone.KEPT)
    taken_back = count_entered_facts(undone) | count_guardians(undone)
    after = {"file": source.filename, **counts, "taken_back": taken_back, "grades": grades}
    record(
        "person.import_undone",
        source,
        by=by,
        after={name: value for name, value in after.items() if value != {}},
    )
    # Restored members may create schedule conflicts; they are allowed and listed as conflicts.
    reason = _("An import was undone.")
    send_group_changes(moves, by, check_group_conflicts(moves, reason), reason)
    _end_access(source, by)
    source.lines.update(operation=None)  # the job must not count the operations of the import
    restored = source.lines.filter(undone=Undone.RESTORED)
    enqueue_changes(source, restored.values(*CHANGE_FIELDS).iterator(BATCH), by)
    _delete_added(source)
    source.state, source.counts = State.UNDONE, {**source.counts, "undone": counts}
    source.save(update_fields=["state", "counts"])


def _affected_rows(source: PeopleImport) -> Any:
    return source.lines.filter(outcome__in=(Outcome.ADDED, Outcome.CHANGED))


def _lock_rows(source: PeopleImport) -> None:
    """Lock groups, then grades, then people, the order used everywhere, to avoid deadlocks."""
    groups = StudentGroup.objects.filter(enterprise=source.enterprise_id).order_by("pk")
    list(groups.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    group_grades.lock_grades(source)
    people = User.objects.filter(pk__in=_affected_rows(source).values("person")).order_by("pk")
    for _person in people.select_for_update(of=("self",), no_key=True).only("pk").iterator(BATCH):
        pass


def _batches(source: PeopleImport) -> Iterator[list[PeopleImportRow]]:
    rows = _affected_rows(source).select_related("person", "operation").order_by("pk").defer("cells")
    iterator = rows.iterator(BATCH)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _decide_rows(source: PeopleImport, rows: list[PeopleImportRow], by: User) -> None:
    """Store for each row how it is undone."""
    known = people_by_user_id(source.enterprise_id, [row.user_id for row in rows])
    facts = stored_facts([row.person_id for row in rows if row.person_id and ENTERED in (row.after or {})])
    changed = rows_with_other_guardians(rows)
    undone_rows = [
        row
        for row in rows
        if row.pk not in changed and _may_undo_row(row, by) and _is_as_imported(row, known, facts)
    ]
    undone_keys = {row.pk for row in undone_rows}
    removable = _removable_people(undone_rows)  # of who is kept, the registration still has to be sent
    results: dict[str, list[int]] = {}
    for row in rows:
        if row.pk not in undone_keys:
            result = Undone.KEPT
        elif row.outcome == Outcome.CHANGED:
            result = Undone.RESTORED
        else:
            result = Undone.REMOVED if row.person_id in removable else Undone.DEACTIVATED
        results.setdefault(result, []).append(row.pk)
    for undone, keys in results.items():
        PeopleImportRow.objects.filter(pk__in=keys).update(undone=undone)


def _is_as_imported(
    row: PeopleImportRow, known: Mapping[str, ExistingPerson], facts: Mapping[int, StoredFacts]
) -> bool:
    """Return whether the person of a row, and the facts that it entered, are as the import left them."""
    person = known.get(row.user_id)
    if person is None or person.pk != row.person_id or not _is_unchanged(person, row.after or {}):
        return False
    return person.pk not in facts or are_as_imported(row, facts[person.pk])


def _is_unchanged(person: ExistingPerson, applied: dict[str, Any]) -> bool:
    """Return whether a person is as the import left them. Groups in charge are restored separately.

    Imports of earlier versions lack fields that came later; these did not change then. An age group that
    follows from a date of birth changes with birthdays, and an undo leaves it as it is.
    """
    now = person.now
    names = [name for name in (*FIELDS, GROUPS) if name != "age_group" or not person.has_birthday]
    return bool(applied) and all(now[name] == applied.get(name, now[name]) for name in names)


def _may_undo_row(row: PeopleImportRow, by: User) -> bool:
    """Return whether the user may undo a row: not their own, and a superadmin's only as superadmin."""
    roles = {(row.before or {}).get("role"), (row.after or {}).get("role")}
    return by.pk != row.person_id and (by.role == Role.SUPERADMIN or Role.SUPERADMIN not in roles)


def _removable_people(rows: list[PeopleImportRow]) -> set[int]:
    """Supersede registrations that were never sent; return the people without other references."""
    registrations = {
        row.operation_id: row.person.pk
        for row in rows
        if row.outcome == Outcome.ADDED and row.operation_id and row.person and not row.person.remote_id
    }
    if not registrations:
        return set()
    operations = Operation.objects.filter(pk__in=registrations, first_sent_at=None)
    referenced = referenced_elsewhere(User, registrations.values(), DEPENDENT_MODELS)
    registered = [row for row in rows if row.operation_id in registrations]
    referenced |= with_other_consent(registered) | people_with_other_guardians(registered)
    supersede(operations.exclude(subject_id__in=referenced))
    superseded = operations.filter(state="superseded").values_list("subject_id", flat=True)
    return set(superseded) - referenced


def referenced_elsewhere(
    model: type[models.Model], keys: Iterable[int], excluding: Iterable[type[Any]]
) -> set[int]:
    """Return which of these rows are referenced by other tables, except the models in `excluding`."""
    keys, referenced = list(keys), set()
    with as_owner():  # the request's database role cannot read every table; all keys belong to the school
        relations: Iterable[Any] = model._meta.get_fields(include_hidden=True)
        for relation in relations:
            reverse = relation.auto_created and (relation.one_to_many or relation.one_to_one)
            if not reverse or relation.related_model in tuple(excluding) or relation.concrete:
                continue  # many-to-many relations are covered by their through tables
            table: Any = relation.related_model
            column = relation.field.name
            rows = table._base_manager.filter(**{f"{column}__in": keys})
            referenced |= set(rows.values_list(column, flat=True))
    return referenced


def _reverse_group_moves(source: PeopleImport) -> Iterator[tuple[int, set[str], set[str]]]:
    rows = _affected_rows(source).exclude(undone=Undone.KEPT).order_by("pk")
    for row in rows.values("person", "before", "after").iterator(BATCH):
        before, after = set((row["before"] or {}).get(GROUPS, ())), set(row["after"][GROUPS])
        if before != after:
            yield row["person"], before - after, after - before


def _count_undone(source: PeopleImport) -> dict[str, int]:
    rows = source.lines.exclude(undone="").order_by().values_list("undone").annotate(n=Count("pk"))
    return dict.fromkeys(Undone.values, 0) | dict(rows)


def _end_access(source: PeopleImport, by: User) -> None:
    """Deactivate people, end access after it and after a change taken back, and delete unused pictures."""
    rows = source.lines.exclude(person=None)
    deactivated = User.objects.filter(pk__in=rows.filter(undone=Undone.DEACTIVATED).values("person"))
    deactivated.update(is_active=False)
    end_all_access(deactivated.iterator(BATCH), by=by, reason="deactivated")
    end_access_of_changed(source, by, undone=Undone.RESTORED)
    for picture in Avatar.objects.filter(person__in=rows.values("person")).select_related("person"):
        avatars.delete_unused_avatar(picture.person)


def _delete_added(source: PeopleImport) -> None:
    """Delete removed people, and empty groups that the import created."""
    people = list(source.lines.filter(undone=Undone.REMOVED).values_list("person", flat=True))
    empty = StudentGroup.objects.filter(pk__in=source.made_groups, entries=None)
    groups = list(empty.values_list("pk", flat=True))
    groups = sorted(set(groups) - referenced_elsewhere(StudentGroup, groups, [GroupMembership]))
    school = source.enterprise_id
    with as_owner():  # requests may not delete people; these were never sent to the API
        User.objects.filter(pk__in=people, enterprise=school, remote_id="").delete()
        StudentGroup.objects.filter(pk__in=groups, enterprise=school).delete()
