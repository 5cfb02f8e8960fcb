"""Applying a checked import: all of it in one transaction, or nothing where the school changed meanwhile."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import avatars, objections
from accounts.imports import charges, planning, push
from accounts.imports.columns import FIELDS, GROUPS, IN_CHARGE
from accounts.imports.points import APPLIED, UNCHANGED_SINCE
from accounts.models import Enterprise, GroupStudent, ImportRow, PeopleImport, Picture, StudentGroup, User
from accounts.objections import Objection
from accounts.sign_in import ending
from accounts.signals import group_changed
from console.audit.trail import record
from console.outbox.bulk import enqueue_many

BATCH = 2_000
Outcome, State = ImportRow.Outcome, PeopleImport.State

_PAIRS = ", ".join(f"'{name}', u.{name}" for name in FIELDS)
#: A person as ImportRow.before has them. "C" orders as Python does.
NOW = f"""jsonb_build_object({_PAIRS}, 'groups', COALESCE((
    SELECT jsonb_agg(g.name ORDER BY g.name COLLATE "C")
    FROM accounts_groupstudent e JOIN accounts_studentgroup g ON g.id = e.group_id
    WHERE e.student_id = u.id AND g.archived_at IS NULL), '[]'), 'in_charge', COALESCE((
    SELECT jsonb_agg(g.name ORDER BY g.name COLLATE "C")
    FROM accounts_studentgroup g WHERE g.teacher_id = u.id AND g.archived_at IS NULL), '[]'))"""

_DIFFERS = f"""
SELECT EXISTS (
    SELECT 1 FROM accounts_importrow r
    LEFT JOIN accounts_user u ON u.enterprise_id = r.enterprise_id AND u.user_id = r.user_id
    WHERE r.source_id = %s AND r.outcome <> 'refused' AND (
        u.id IS DISTINCT FROM r.person_id
        OR (u.id IS NOT NULL AND (u.erased_at IS NOT NULL OR {NOW} <> r.before))))
"""

_CHANGE = f"""
UPDATE accounts_user u SET {", ".join(f"{name} = r.after ->> '{name}'" for name in FIELDS)}
FROM accounts_importrow r
WHERE r.source_id = %s AND r.outcome = 'changed' AND u.id = r.person_id
"""

_FIND = """
UPDATE accounts_importrow r SET person_id = u.id FROM accounts_user u
WHERE r.source_id = %s AND r.outcome = 'added' AND u.enterprise_id = r.enterprise_id AND u.user_id = r.user_id
"""

_OPERATIONS = """
UPDATE accounts_importrow r SET operation_id = v.operation
FROM jsonb_to_recordset(%s::jsonb) AS v(person bigint, operation bigint)
WHERE r.source_id = %s AND r.person_id = v.person AND r.outcome <> 'refused'
"""


class ChangedSince(Exception):
    """The school is not as it was when the import was checked."""


def apply(*, source: PeopleImport, by: User | None) -> PeopleImport:
    """Write what the check showed, and start the job that follows the sending.

    Where people or groups changed since the check, nothing is written: the import is checked again and
    ChangedSince raised, so that somebody looks at the new preview. ValidationError where it is not checked;
    Objected (one, too) where somebody would be planned twice and the import has no `conflict_reason`.
    """
    try:
        with transaction.atomic():
            return _apply(source, by)
    except (ChangedSince, IntegrityError):
        planning.plan(PeopleImport.objects.get(pk=source.pk))
        raise ChangedSince from None


def claim(source: PeopleImport) -> None:
    """Mark a checked import as being applied by a job. ValidationError where it is not checked."""
    if not PeopleImport.objects.filter(pk=source.pk, state=State.CHECKED).update(state=State.APPLYING):
        raise ValidationError(not_waiting())


def release(source: PeopleImport) -> None:
    """Nothing was written: it waits to be confirmed again."""
    PeopleImport.objects.filter(pk=source.pk, state=State.APPLYING).update(state=State.CHECKED)


def not_waiting() -> str:
    return _("This import is not waiting to be applied any more. Look at its page.")


def _apply(source: PeopleImport, by: User | None) -> PeopleImport:
    source = PeopleImport.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if source.state not in (State.CHECKED, State.APPLYING):
        raise ValidationError(not_waiting())
    if UNCHANGED_SINCE.up:
        _look_again(source)
    groups = _make_groups(source)
    _add(source)
    execute(_FIND, source.pk)
    roles, pictures = _changed(source)
    execute(_CHANGE, source.pk)
    moves = set_groups(source.enterprise_id, group_moves(source), groups)
    objected = objections.allowed(moves, source.conflict_reason)
    reason = source.conflict_reason.strip() if objected else ""
    source.charges = charges.hand_over(source)
    counts = {name: source.counts.get(name, 0) for name in Outcome.values}
    made = {"file": source.filename, "sha256": source.digest, "groups": sorted(groups), **counts}
    made |= {"in_charge": len(source.charges)} if source.charges else {}
    record("person.import", source, by=by, after=made, reason=reason)
    for person in User.objects.filter(pk__in=roles):
        ending.end_all(person, by=by, reason="role")
    for person in User.objects.filter(pk__in=pictures):
        avatars.tidy(person)
    _owe(source, by)
    tell_groups(moves, by, objected, reason)  # last: lessons wait for the registering of whoever is new
    source.made_groups = list(groups.values())
    source.state, source.applied_at = State.APPLIED, timezone.now()
    source.job = push.follow(source, by=by)
    source.save(update_fields=["made_groups", "charges", "state", "applied_at", "job"])
    APPLIED.hit()
    return source


def execute(statement: str, *told: Any) -> Any:
    """Run one statement; the first row of its answer, None where it answers nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        return cursor.fetchone() if cursor.description else None


def _look_again(source: PeopleImport) -> None:
    """Lock what the import is about, and compare it with what the check saw."""
    school = source.enterprise_id
    groups = StudentGroup.objects.select_for_update().filter(enterprise=school).order_by("pk")
    names = set(groups.filter(archived_at=None).values_list("name", flat=True))
    people = User.objects.filter(pk__in=source.lines.filter(person__isnull=False).values("person"))
    for _person in people.order_by("pk").select_for_update(of=("self",)).only("pk").iterator(BATCH):
        pass
    wanted = {
        name for row in _rows(source, "after") for name in (*row["after"][GROUPS], *row["after"][IN_CHARGE])
    }
    if sorted(wanted - names) != sorted(source.new_groups) or execute(_DIFFERS, source.pk)[0]:
        raise ChangedSince
    if charges.as_they_are(source) != source.charges:
        raise ChangedSince


def _rows(source: PeopleImport, *names: str, outcomes: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    chosen = outcomes or (Outcome.ADDED, Outcome.CHANGED)
    rows = source.lines.filter(outcome__in=chosen).order_by("pk")
    return rows.values(*names).iterator(BATCH)


def _make_groups(source: PeopleImport) -> dict[str, int]:
    made = StudentGroup.objects.bulk_create(
        StudentGroup(enterprise_id=source.enterprise_id, name=name) for name in source.new_groups
    )
    return {group.name: group.pk for group in made}


def _add(source: PeopleImport) -> None:
    school: Enterprise = source.enterprise
    rows = _rows(source, "user_id", "after", outcomes=[Outcome.ADDED])
    while bundle := list(islice(rows, BATCH)):
        User.objects.bulk_create(_new(school, row["user_id"], row["after"]) for row in bundle)


def _new(school: Enterprise, user_id: str, wanted: dict[str, Any]) -> User:
    return User(
        enterprise=school,
        user_id=user_id,
        login=f"{user_id}@{school.sdkappid}",
        password=make_password(None),
        **{name: wanted[name] for name in FIELDS},
    )


def _changed(source: PeopleImport) -> tuple[list[int], list[int]]:
    """People who get another role, and those who get another picture than the one they uploaded."""
    uploaded = set(Picture.objects.filter(enterprise=source.enterprise_id).values_list("person", flat=True))
    roles, pictures = [], []
    for row in _rows(source, "person", "before", "after", outcomes=[Outcome.CHANGED]):
        if row["before"]["role"] != row["after"]["role"]:
            roles.append(row["person"])
        if row["person"] in uploaded and row["before"]["avatar"] != row["after"]["avatar"]:
            pictures.append(row["person"])
    return roles, pictures


def objections_to(source: PeopleImport) -> list[Objection]:
    """What there is now against applying a checked import; who is new is planned nowhere yet."""
    known = groups_in_use(source.enterprise_id)
    return objections.objections_to(by_group(group_moves(source, person__isnull=False), known))


def group_moves(source: PeopleImport, **which: Any) -> Iterator[tuple[int, set[str], set[str]]]:
    """Person, names of the groups they come into, and of those they leave."""
    rows = source.lines.filter(outcome__in=(Outcome.ADDED, Outcome.CHANGED), **which).extra(
        where=["before -> 'groups' IS DISTINCT FROM after -> 'groups'"]
    )
    for row in rows.order_by("pk").values("person", "before", "after").iterator(BATCH):
        was, wanted = set((row["before"] or {}).get(GROUPS, ())), set(row["after"][GROUPS])
        if was != wanted:
            yield row["person"], wanted - was, was - wanted


def set_groups(
    school: int, moves: Iterable[tuple[int, set[str], set[str]]], made: dict[str, int]
) -> dict[int, tuple[set[int], set[int]]]:
    """Move people between groups; who came and who left, by group."""
    told = by_group(moves, groups_in_use(school) | made)
    entries = (
        GroupStudent(group_id=group, student_id=one) for group, both in told.items() for one in both[0]
    )
    GroupStudent.objects.bulk_create(entries, batch_size=BATCH, ignore_conflicts=True)
    for group, (_into, out) in told.items():
        if out:
            GroupStudent.objects.filter(group=group, student__in=out).delete()
    return told


def groups_in_use(school: int) -> dict[str, int]:
    in_use = StudentGroup.objects.filter(enterprise=school, archived_at=None)
    return dict(in_use.values_list("name", "pk"))


def by_group(
    moves: Iterable[tuple[int, set[str], set[str]]], known: dict[str, int]
) -> dict[int, tuple[set[int], set[int]]]:
    """Who comes into each known group and who leaves it."""
    told: dict[int, tuple[set[int], set[int]]] = {}
    for person, into, out in moves:
        for name in into & known.keys():
            told.setdefault(known[name], (set(), set()))[0].add(person)
        for name in out & known.keys():
            told.setdefault(known[name], (set(), set()))[1].add(person)
    return told


def tell_groups(
    told: dict[int, tuple[set[int], set[int]]],
    by: User | None,
    objected: Iterable[Objection] = (),
    reason: str = "",
) -> None:
    """Lessons that name these groups learn of it in this transaction."""
    lessons = {one.into.pk for one in objected}
    for group in StudentGroup.objects.filter(pk__in=told):
        added, removed = told[group.pk]
        group_changed.send(
            sender=StudentGroup,
            group=group,
            added=added,
            removed=removed,
            by=by,
            objected=lessons,
            reason=reason,
        )


def _owe(source: PeopleImport, by: User | None) -> None:
    """The service is told of each person who is new to it, or of whom it knows something else."""
    new, known = {}, {}
    for row in _rows(source, "person", "person__nickname", "person__remote_id", "before", "after"):
        if any((row["before"] or {}).get(name) != row["after"][name] for name in FIELDS):
            (known if row["person__remote_id"] else new)[row["person"]] = row["person__nickname"]
    owe(source, {"user.register": new, "user.modify": known}, by)


def owe(source: PeopleImport, wanted: dict[str, dict[int, str]], by: User | None) -> None:
    """Enqueue and remember at each row which operation carries it."""
    for kind, labels in wanted.items():
        made = enqueue_many(kind, User, labels, enterprise=source.enterprise, by=by)
        pairs = iter([{"person": person, "operation": pk} for person, pk in made.items()])
        while bundle := list(islice(pairs, BATCH)):
            execute(_OPERATIONS, json.dumps(bundle), source.pk)
