"""Write a checked import of people, or nothing if the school changed since the comparison."""

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import F, Q, QuerySet

from accounts.imports import group_grades, group_teachers
from accounts.imports.columns import FIELDS, GROUPS, IN_CHARGE, REMOTE_FIELDS
from accounts.imports.guardians import count_guardians, write_guardians
from accounts.imports.office_facts import count_entered_facts, empty_office_cells, write_entered_facts
from accounts.models import (
    Avatar,
    Enterprise,
    GroupMembership,
    PeopleImport,
    PeopleImportRow,
    StudentGroup,
    User,
)
from accounts.models.group import group_changed
from accounts.models.searchable_name import update_pinyin
from accounts.people import avatars, group_change_conflicts
from accounts.people.charges import school_day
from accounts.people.group_change_conflicts import GroupChangeConflict
from accounts.sign_in.services import end_access_after_change
from console.audit.trail import record
from console.imports.import_type import ImportOutdated
from console.outbox.bulk_services import enqueue_many

BATCH = 2_000
Outcome = PeopleImportRow.Outcome
#: Fields of a row that `enqueue_changes` reads.
CHANGE_FIELDS = ("person", "person__nickname", "person__remote_id", "before", "after")

_FIELD_PAIRS = ", ".join(f"'{name}', u.{name}" for name in FIELDS)
#: A person in the form of ImportRow.before, on the day `today`. Collation "C" sorts like Python.
PERSON_SNAPSHOT_SQL = f"""jsonb_build_object({_FIELD_PAIRS}, 'groups', COALESCE((
    SELECT jsonb_agg(g.name ORDER BY g.name COLLATE "C")
    FROM accounts_groupstudent e JOIN accounts_studentgroup g ON g.id = e.group_id
    WHERE e.student_id = u.id AND g.archived_at IS NULL), '[]'), 'grade', '', 'in_charge', COALESCE((
    SELECT jsonb_agg(g.name ORDER BY g.name COLLATE "C")
    FROM accounts_teacherincharge c JOIN accounts_studentgroup g ON g.id = c.group_id
    WHERE c.teacher_id = u.id AND c.kind = 'charge' AND g.archived_at IS NULL
    AND COALESCE(c.starts_on <= %(today)s, true) AND COALESCE(c.ends_on >= %(today)s, true)), '[]'))"""


def assignments(values: str) -> str:
    """Return the SQL that sets the fields of a person to those of a row (`before` or `after`) that has them.

    The age group of somebody with a date of birth follows from the date.
    """
    stored = {name: f"COALESCE(r.{values} ->> '{name}', u.{name})" for name in FIELDS}
    age = stored["age_group"]
    stored["age_group"] = f"CASE WHEN u.date_of_birth IS NULL THEN {age} ELSE u.age_group END"
    return ", ".join(f"{name} = {value}" for name, value in stored.items())


_DIFFERS_SQL = f"""
SELECT EXISTS (
    SELECT 1 FROM accounts_importrow r
    LEFT JOIN accounts_user u ON u.enterprise_id = r.enterprise_id AND u.user_id = r.user_id
    WHERE r.source_id = %(source)s AND r.outcome <> 'refused' AND (
        u.id IS DISTINCT FROM r.person_id
        OR (u.id IS NOT NULL AND (u.erased_at IS NOT NULL OR {PERSON_SNAPSHOT_SQL} <> r.before))))
"""

_CHANGE_SQL = f"""
UPDATE accounts_user u SET {assignments("after")}
FROM accounts_importrow r
WHERE r.source_id = %s AND r.outcome = 'changed' AND u.id = r.person_id
"""

_FIND_ADDED_SQL = """
UPDATE accounts_importrow r SET person_id = u.id FROM accounts_user u
WHERE r.source_id = %s AND r.outcome = 'added' AND u.enterprise_id = r.enterprise_id AND u.user_id = r.user_id
"""

_OPERATIONS_SQL = """
UPDATE accounts_importrow r SET operation_id = v.operation
FROM jsonb_to_recordset(%s::jsonb) AS v(person bigint, operation bigint)
WHERE r.source_id = %s AND r.person_id = v.person AND r.outcome <> 'refused'
"""


def write_import(source: PeopleImport, *, by: User | None, reason: str) -> None:
    """Write the import as previewed, in the caller's transaction.

    Raise ImportOutdated if people or groups changed since the check, and GroupChangeRefused for schedule
    conflicts without a reason.
    """
    _check_unchanged(source)
    groups = _create_groups(source)
    _create_people(source)
    execute_sql(_FIND_ADDED_SQL, source.pk)
    pictures = _people_with_other_picture(source)
    execute_sql(_CHANGE_SQL, source.pk)
    write_entered_facts(source, by)
    write_guardians(source, by)
    empty_office_cells(source)
    update_pinyin(changed_people(source, "nickname", outcome=Outcome.CHANGED))
    moves = apply_group_moves(source.enterprise_id, group_moves(source), groups)
    conflicts = group_change_conflicts.check_group_conflicts(moves, reason)
    reason = reason if conflicts else ""
    source.made_groups, source.charges = list(groups.values()), group_teachers.assign_teachers(source, by)
    source.grades = group_grades.assign_grades(source)
    source.save(update_fields=["made_groups", "charges", "grades"])
    counts = {name: source.counts.get(name, 0) for name in Outcome.values}
    after = {"file": source.filename, "sha256": source.digest, "groups": sorted(groups), **counts}
    after |= {"in_charge": len(source.charges)} if source.charges else {}
    after |= {"grades": grades} if (grades := group_grades.changes_by_group(source)) else {}
    written = source.lines.filter(outcome__in=(Outcome.ADDED, Outcome.CHANGED))
    after |= count_entered_facts(written) | count_guardians(written)
    record("person.import", source, by=by, after=after, reason=reason)
    end_access_of_changed(source, by, outcome=Outcome.CHANGED)
    for person in User.objects.filter(pk__in=pictures):
        avatars.delete_unused_avatar(person)
    enqueue_changes(source, _iter_rows(source, *CHANGE_FIELDS), by)
    # Last, because operations of lessons wait for the registrations of new people.
    send_group_changes(moves, by, conflicts, reason)


def execute_sql(statement: str, *params: Any, **named: Any) -> Any:
    """Execute a statement; return its first row, or None if it returns no rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, named or params)
        return cursor.fetchone() if cursor.description else None


def _check_unchanged(source: PeopleImport) -> None:
    """Lock groups, grades and people of the import; ImportOutdated if they changed since the check."""
    school = source.enterprise_id
    groups = StudentGroup.objects.select_for_update(no_key=True).filter(enterprise=school).order_by("pk")
    names = set(groups.filter(archived_at=None).values_list("name", flat=True))
    group_grades.lock_grades(source)
    people = User.objects.filter(pk__in=source.lines.filter(person__isnull=False).values("person"))
    for _person in (
        people.order_by("pk").select_for_update(of=("self",), no_key=True).only("pk").iterator(BATCH)
    ):
        pass
    required = {
        name
        for row in _iter_rows(source, "after")
        for name in (*row["after"][GROUPS], *row["after"][IN_CHARGE])
    }
    if sorted(required - names) != sorted(source.new_groups) or _people_differ(source):
        raise ImportOutdated
    if group_teachers.current_teachers(source) != source.charges:
        raise ImportOutdated
    if group_grades.planned_grades(source) != source.grades or group_grades.grades_are_gone(source):
        raise ImportOutdated


def _people_differ(source: PeopleImport) -> bool:
    today = school_day(source.enterprise)
    differs: bool = execute_sql(_DIFFERS_SQL, source=source.pk, today=today)[0]
    return differs


def _iter_rows(source: PeopleImport, *names: str, outcomes: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    outcomes = outcomes or (Outcome.ADDED, Outcome.CHANGED)
    rows = source.lines.filter(outcome__in=outcomes).order_by("pk")
    found: Iterator[dict[str, Any]] = rows.values(*names).iterator(BATCH)
    return found


def _create_groups(source: PeopleImport) -> dict[str, int]:
    groups = StudentGroup.objects.bulk_create(
        StudentGroup(enterprise_id=source.enterprise_id, name=name) for name in source.new_groups
    )
    return {group.name: group.pk for group in groups}


def _create_people(source: PeopleImport) -> None:
    school: Enterprise = source.enterprise
    rows = _iter_rows(source, "user_id", "after", outcomes=[Outcome.ADDED])
    while batch := list(islice(rows, BATCH)):
        User.objects.bulk_create(_build_person(school, row["user_id"], row["after"]) for row in batch)


def _build_person(school: Enterprise, user_id: str, fields: dict[str, Any]) -> User:
    return User(
        enterprise=school,
        user_id=user_id,
        login=f"{user_id}@{school.sdkappid}",
        password=make_password(None),
        **{name: fields[name] for name in FIELDS},
    )


def changed_people(source: PeopleImport, name: str, **filters: Any) -> QuerySet[User]:
    """Return the people in whose rows the import gave a field another value, or gave the former one back."""
    rows = source.lines.filter(**filters).exclude(**{f"before__{name}": F(f"after__{name}")})
    return User.objects.filter(pk__in=rows.values("person"))


def end_access_of_changed(source: PeopleImport, by: User | None, **filters: Any) -> None:
    """End what another role or e-mail address of people in these rows leaves open."""
    for name in ("role", "e_mail"):
        end_access_after_change(changed_people(source, name, **filters), {name}, by=by)


def _people_with_other_picture(source: PeopleImport) -> list[int]:
    """Return the people whose uploaded picture is replaced."""
    uploaded = set(Avatar.objects.filter(enterprise=source.enterprise_id).values_list("person", flat=True))
    rows = _iter_rows(source, "person", "before", "after", outcomes=[Outcome.CHANGED])
    return [
        row["person"]
        for row in rows
        if row["person"] in uploaded and row["before"]["avatar"] != row["after"]["avatar"]
    ]


def find_import_conflicts(source: PeopleImport) -> list[GroupChangeConflict]:
    """Return the schedule conflicts of a checked import, as writing it would find them."""
    moves = moves_by_group(group_moves(source), active_group_ids(source.enterprise_id))
    joining = {person for joined, _left in moves.values() for person in joined}
    return group_change_conflicts.find_group_conflicts(moves, people=_people_as_written(source, joining))


def _people_as_written(source: PeopleImport, joining: Collection[int]) -> dict[int, User]:
    """Return those of `joining` who are new or get another role, unsaved, by their key in `group_moves`."""
    rows = source.lines.filter(Q(person=None) | ~Q(before__role=F("after__role")))
    rows = rows.filter(outcome__in=(Outcome.ADDED, Outcome.CHANGED)).order_by("pk")
    names = ("pk", "user_id", "after", "person", "person__is_active")
    found = {}
    for row in rows.values(*names).iterator(BATCH):
        key = row["person"] or -row["pk"]
        if key in joining:
            values = {name: row["after"][name] for name in ("nickname", "role")}
            active = row["person__is_active"] is not False
            found[key] = User(pk=key, user_id=row["user_id"], is_active=active, **values)
    return found


def group_moves(source: PeopleImport) -> Iterator[tuple[int, set[str], set[str]]]:
    """Yield each person with the names of the groups that they join and leave.

    Somebody who is still to be added has the negative key of their row.
    """
    rows = source.lines.filter(outcome__in=(Outcome.ADDED, Outcome.CHANGED)).extra(
        where=["before -> 'groups' IS DISTINCT FROM after -> 'groups'"]
    )
    for row in rows.order_by("pk").values("pk", "person", "before", "after").iterator(BATCH):
        before, after = set((row["before"] or {}).get(GROUPS, ())), set(row["after"][GROUPS])
        if before != after:
            yield row["person"] or -row["pk"], after - before, before - after


def apply_group_moves(
    school: int, moves: Iterable[tuple[int, set[str], set[str]]], new_groups: dict[str, int]
) -> dict[int, tuple[set[int], set[int]]]:
    """Move people between groups; return the people who joined and left, by group."""
    changes = moves_by_group(moves, active_group_ids(school) | new_groups)
    entries = (
        GroupMembership(group_id=group, student_id=student)
        for group, (joined, _left) in changes.items()
        for student in joined
    )
    GroupMembership.objects.bulk_create(entries, batch_size=BATCH, ignore_conflicts=True)
    for group, (_joined, left) in changes.items():
        if left:
            GroupMembership.objects.filter(group=group, student__in=left).delete()
    return changes


def active_group_ids(school: int) -> dict[str, int]:
    groups = StudentGroup.objects.filter(enterprise=school, archived_at=None)
    return dict(groups.values_list("name", "pk"))


def moves_by_group(
    moves: Iterable[tuple[int, set[str], set[str]]], known: dict[str, int]
) -> dict[int, tuple[set[int], set[int]]]:
    """Return the people who join and leave each known group."""
    changes: dict[int, tuple[set[int], set[int]]] = {}
    for person, joined, left in moves:
        for name in joined & known.keys():
            changes.setdefault(known[name], (set(), set()))[0].add(person)
        for name in left & known.keys():
            changes.setdefault(known[name], (set(), set()))[1].add(person)
    return changes


def send_group_changes(
    changes: dict[int, tuple[set[int], set[int]]],
    by: User | None,
    conflicts: Iterable[GroupChangeConflict] = (),
    reason: str = "",
) -> None:
    """Send `group_changed` for each group, so that its lessons are updated in this transaction."""
    lessons = {conflict.target.pk for conflict in conflicts}
    for group in StudentGroup.objects.filter(pk__in=changes):
        added, removed = changes[group.pk]
        group_changed.send(
            sender=StudentGroup,
            group=group,
            added=added,
            removed=removed,
            by=by,
            conflicting_lessons=lessons,
            reason=reason,
        )


def enqueue_changes(source: PeopleImport, rows: Iterable[dict[str, Any]], by: User | None) -> None:
    """Enqueue operations for people whose fields changed, and store them in the rows.

    People who are not registered are registered.
    """
    labels: dict[str, dict[int, str]] = {"user.register": {}, "user.modify": {}}
    for row in rows:
        if any((row["before"] or {}).get(name) != row["after"][name] for name in REMOTE_FIELDS):
            kind = "user.modify" if row["person__remote_id"] else "user.register"
            labels[kind][row["person"]] = row["person__nickname"]
    for kind, people in labels.items():
        operations = enqueue_many(kind, User, people, enterprise=source.enterprise, by=by)
        pairs = iter([{"person": person, "operation": pk} for person, pk in operations.items()])
        while batch := list(islice(pairs, BATCH)):
            execute_sql(_OPERATIONS_SQL, json.dumps(batch), source.pk)
