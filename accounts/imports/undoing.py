"""Taking an import back, where nothing changed since.

Somebody of whom the service never heard, and whom nothing names, is removed; the service keeps everybody
else, so they are deactivated here. People who were changed get their fields and groups back. Whoever was
changed since stays as they are, and the import says so.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import avatars
from accounts.imports import charges, push
from accounts.imports.applying import execute, owe, set_groups, tell_groups
from accounts.imports.columns import FIELDS, GROUPS
from accounts.imports.planning import known_people
from accounts.models import GroupStudent, ImportRow, PeopleImport, Picture, StudentGroup, User
from accounts.objections import objections_to
from accounts.roles import Role
from accounts.sign_in import ending
from console.audit.models import PersonKey
from console.audit.trail import record
from console.outbox.models import Operation
from console.outbox.queue import supersede
from console.policy.scope import as_owner

BATCH = 2_000
Outcome, State, Undone = ImportRow.Outcome, PeopleImport.State, ImportRow.Undone
#: What names a person and goes with them.
GOES_ALONG = (GroupStudent, PersonKey, ImportRow, Picture)

_RESTORE = f"""
UPDATE accounts_user u SET {", ".join(f"{name} = r.before ->> '{name}'" for name in FIELDS)}
FROM accounts_importrow r
WHERE r.source_id = %s AND r.undone = 'restored' AND u.id = r.person_id
"""


def may_be_undone(source: PeopleImport) -> bool:
    return source.state == State.APPLIED and source.emptied_at is None


@transaction.atomic
def undo(*, source: PeopleImport, by: User) -> PeopleImport:
    """Take back what an import wrote. ValidationError where that is over, or was done."""
    source = PeopleImport.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if not may_be_undone(source):
        raise ValidationError(_("This import cannot be undone any more."))
    _lock(source)
    charges.give_back(source)
    for bundle in _bundles(source):
        _judge(source, bundle, by)
    execute(_RESTORE, source.pk)
    moves = set_groups(source.enterprise_id, _moves(source), {})
    counts = _counts(source)
    record("person.import_undone", source, by=by, after={"file": source.filename, **counts})
    # Whoever was there before comes back, into conflicts of meanwhile too: these are named in their list.
    tell_groups(moves, by, objections_to(moves), _("An import was undone."))
    _end_sign_in(source, by)
    _push(source, by)
    _remove(source)
    source.state, source.undone_at = State.UNDONE, timezone.now()
    source.counts = {**source.counts, "undone": counts}
    source.job = push.follow(source, by=by)
    source.save(update_fields=["state", "undone_at", "counts", "job"])
    return source


def _touched(source: PeopleImport) -> Any:
    return source.lines.filter(outcome__in=(Outcome.ADDED, Outcome.CHANGED))


def _lock(source: PeopleImport) -> None:
    people = User.objects.filter(pk__in=_touched(source).values("person")).order_by("pk")
    for _person in people.select_for_update(of=("self",)).only("pk").iterator(BATCH):
        pass


def _bundles(source: PeopleImport) -> Iterator[list[ImportRow]]:
    rows = _touched(source).defer("cells").select_related("person", "operation").order_by("pk")
    lines = rows.iterator(BATCH)
    while bundle := list(islice(lines, BATCH)):
        yield bundle


def _judge(source: PeopleImport, rows: list[ImportRow], by: User) -> None:
    """Decide for each row how it is taken back."""
    known = known_people(source.enterprise_id, [row.user_id for row in rows])
    unheard = _unheard(rows)
    found: dict[str, list[int]] = {}
    for row in rows:
        person = known.get(row.user_id)
        same = person is not None and person.pk == row.person_id and _is_as(person.now, row.after or {})
        if not same or not _may(row, by):
            how = Undone.KEPT
        elif row.outcome == Outcome.CHANGED:
            how = Undone.RESTORED
        else:
            how = Undone.REMOVED if row.person_id in unheard else Undone.DEACTIVATED
        found.setdefault(how, []).append(row.pk)
    for how, keys in found.items():
        ImportRow.objects.filter(pk__in=keys).update(undone=how)


def _is_as(now: dict[str, Any], applied: dict[str, Any]) -> bool:
    """Whether somebody is as the import left them; who is in charge of a group is taken back apart."""
    return all(now[name] == applied.get(name) for name in (*FIELDS, GROUPS))


def _may(row: ImportRow, by: User) -> bool:
    """Nobody shuts themselves out, and a superadmin's data is a superadmin's business."""
    roles = {(row.before or {}).get("role"), (row.after or {}).get("role")}
    return by.pk != row.person_id and (by.role == Role.SUPERADMIN or Role.SUPERADMIN not in roles)


def _unheard(rows: list[ImportRow]) -> set[int]:
    """Added people whose registering could still be taken back, and whom nothing names."""
    waiting = {
        row.operation_id: row.person_id
        for row in rows
        if row.outcome == Outcome.ADDED and row.operation_id and row.person and not row.person.remote_id
    }
    if not waiting:
        return set()
    operations = Operation.objects.filter(pk__in=waiting, first_sent_at=None)
    named = used_elsewhere(User, waiting.values(), GOES_ALONG)
    taken = operations.exclude(subject_id__in=named)
    supersede(taken)
    gone = operations.filter(state="superseded").values_list("subject_id", flat=True)
    return set(gone) - named


def used_elsewhere(model: type[models.Model], keys: Iterable[int], besides: Iterable[type[Any]]) -> set[int]:
    """Which of these rows other tables name, but for the tables `besides`."""
    keys, found = list(keys), set()
    with as_owner():  # the school's role sees not every table; only keys of the school are asked for
        for relation in model._meta.get_fields(include_hidden=True):
            one = relation.auto_created and (relation.one_to_many or relation.one_to_one)
            if not one or relation.related_model in tuple(besides) or relation.concrete:
                continue  # a relation of many to many is one of its table between
            table: Any = relation.related_model
            column = relation.field.name  # type: ignore[union-attr]
            rows = table._base_manager.filter(**{f"{column}__in": keys})
            found |= set(rows.values_list(column, flat=True))
    return found


def _moves(source: PeopleImport) -> Iterator[tuple[int, set[str], set[str]]]:
    rows = _touched(source).exclude(undone=Undone.KEPT).order_by("pk")
    for row in rows.values("person", "before", "after").iterator(BATCH):
        was, is_ = set((row["before"] or {}).get(GROUPS, ())), set(row["after"][GROUPS])
        if was != is_:
            yield row["person"], was - is_, is_ - was


def _counts(source: PeopleImport) -> dict[str, int]:
    rows = source.lines.exclude(undone="").order_by().values_list("undone").annotate(n=Count("pk"))
    return dict.fromkeys(Undone.values, 0) | dict(rows)


def _end_sign_in(source: PeopleImport, by: User) -> None:
    """Who is deactivated or has another role again is signed out; pictures follow their address."""
    lines = source.lines.exclude(person=None)
    deactivated = lines.filter(undone=Undone.DEACTIVATED).values("person")
    User.objects.filter(pk__in=deactivated).update(is_active=False)
    restored = lines.filter(undone=Undone.RESTORED).values_list("person", "before__role", "after__role")
    roles = [pk for pk, was, is_ in restored if was != is_]
    may_sign_in = ~Q(password__startswith="!")
    for person in User.objects.filter(may_sign_in, pk__in=deactivated):
        ending.end_all(person, by=by, reason="deactivated")
    for person in User.objects.filter(pk__in=roles):
        ending.end_all(person, by=by, reason="role")
    for picture in Picture.objects.filter(person__in=lines.values("person")).select_related("person"):
        avatars.tidy(picture.person)


def _push(source: PeopleImport, by: User) -> None:
    """The service is told what it is told again; operations of before do not count for the job."""
    source.lines.update(operation=None)
    names = ("person", "person__nickname", "person__remote_id", "before", "after")
    new, known = {}, {}
    for row in source.lines.filter(undone=Undone.RESTORED).values(*names).iterator(BATCH):
        if any(row["before"][name] != row["after"][name] for name in FIELDS):
            (known if row["person__remote_id"] else new)[row["person"]] = row["person__nickname"]
    owe(source, {"user.register": new, "user.modify": known}, by)


def _remove(source: PeopleImport) -> None:
    """People of whom nobody ever heard, and groups that the import made and that stand empty."""
    people = list(source.lines.filter(undone=Undone.REMOVED).values_list("person", flat=True))
    empty = StudentGroup.objects.filter(pk__in=source.made_groups, entries=None)
    groups = list(empty.values_list("pk", flat=True))
    groups = sorted(set(groups) - used_elsewhere(StudentGroup, groups, [GroupStudent]))
    school = source.enterprise_id
    with as_owner():  # no request may delete a person; these were never told to anybody
        User.objects.filter(pk__in=people, enterprise=school, remote_id="").delete()
        StudentGroup.objects.filter(pk__in=groups, enterprise=school).delete()
