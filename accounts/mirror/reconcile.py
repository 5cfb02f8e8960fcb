"""Reconcile a school and its people with the API."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from accounts.mirror.upsert import adopt_person, build_person, person_differs, upsert_person, upsert_school
from accounts.models import Enterprise, User
from accounts.school.connection_state import hold_for_refused_key, release_for_valid_key
from console.iclass import SignatureRefused, UnknownEnterprise, UserInfo
from console.mirror.reconciliation import CHUNK_SIZE, ReconcileRun
from console.mirror.registry import register_reconciler
from console.mirror.remote_deletions import check_missing_rows
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES, SyncState

MAX_ID_LENGTH = 64


@register_reconciler("school", order=1)
def reconcile_school(walk: ReconcileRun) -> None:
    """Compare a school with `/business/info`, and check that its key still works."""
    try:
        info = walk.client.business.info()
    except (SignatureRefused, UnknownEnterprise) as error:
        hold_for_refused_key(walk.enterprise, error)
        raise
    school = walk.enterprise
    with walk.write_transaction(school) as rows:
        for school in rows:  # the row as stored now; later with the API's values
            walk.report.changed += int(upsert_school(school, info))
    release_for_valid_key(school)
    walk.report.seen, walk.is_complete = 1, True


@register_reconciler("people", order=2)
def reconcile_people(walk: ReconcileRun) -> None:
    """Compare all people of a school with `/user/list`; adopt those created elsewhere."""
    users = walk.client.users
    result = walk.read(lambda index, size: users.list(index, size), lambda info: info.user_id)
    skipped = walk.busy_ids(User) | _pending_registrations(walk.enterprise)
    known = {person.user_id: person for person in walk.enterprise.users.defer("user_token")}
    fresh = [
        info for info in result.lines if info.user_id not in known and len(info.user_id) <= MAX_ID_LENGTH
    ]
    for start in range(0, len(fresh), CHUNK_SIZE):
        _adopt(walk, fresh[start : start + CHUNK_SIZE])
    for info in result.lines:
        person = known.get(info.user_id)
        if person and person.pk not in skipped and person_differs(person, info):
            _upsert(walk, person, info)
    listed = {info.user_id for info in result.lines}
    expected = _expected(known, skipped)
    for pk, info in check_missing_rows(walk, User, expected, listed, lambda user_id: users.info(user_id)):
        _upsert(walk, User.objects.get(pk=pk), info)


def _pending_registrations(enterprise: Enterprise) -> set[int]:
    """Return people with an open registration, which has yet to receive their entry token."""
    operations = Operation.objects.filter(enterprise=enterprise, kind="user.register", state__in=OPEN_STATES)
    return set(operations.values_list("subject_id", flat=True))


def _expected(known: Mapping[str, User], skipped: set[int]) -> dict[str, int]:
    return {
        user_id: person.pk
        for user_id, person in known.items()
        if person.remote_id and person.sync_state != SyncState.GONE and person.pk not in skipped
    }


def _upsert(walk: ReconcileRun, person: User, info: UserInfo) -> None:
    with walk.write_transaction(person) as rows:
        for row in rows:
            walk.report.changed += int(upsert_person(row, info))


def _adopt(walk: ReconcileRun, infos: Sequence[UserInfo]) -> None:
    """Create rows for remote people; skip those created here meanwhile until the next run."""
    with walk.write_transaction():
        try:
            with transaction.atomic():
                User.objects.bulk_create([build_person(walk.enterprise, info) for info in infos])
            walk.report.adopted += len(infos)
        except IntegrityError:
            walk.report.adopted += sum(_try_adopt(walk.enterprise, info) for info in infos)


def _try_adopt(enterprise: Enterprise, info: UserInfo) -> bool:
    try:
        with transaction.atomic():
            adopt_person(enterprise, info)
    except IntegrityError:
        return False
    return True
