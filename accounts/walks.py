"""Comparing a school and all its people with the service."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from accounts.mirror import adopt_person, new_person, news_of_person, person_seen, school_seen
from accounts.models import Enterprise, User
from accounts.watch import key_refused, key_works
from console.iclass import SignatureRefused, UnknownEnterprise, UserInfo
from console.mirror.absence import absent
from console.mirror.registry import walk
from console.mirror.walking import CHUNK, UNCLAIMED, Round
from console.outbox.models import Operation
from console.outbox.states import OPEN, SyncState

LONGEST_ID = 64


@walk("school", order=1)
def walk_school(walk: Round) -> None:
    """Compare a school with `/business/info`, and see whether its key still works."""
    try:
        info = walk.client.business.info()
    except (SignatureRefused, UnknownEnterprise) as error:
        key_refused(walk.enterprise, error)
        raise
    with walk.writing(walk.enterprise) as rows:
        if rows:
            walk.report.changed += int(school_seen(walk.enterprise, info))
    key_works(walk.enterprise)
    walk.report.seen, walk.whole = 1, True


@walk("people", order=2)
def walk_people(walk: Round) -> None:
    """Compare all people of a school with `/user/list`; adopt those made outside."""
    users = walk.client.users
    result = walk.read(lambda index, size: users.list(index, size), lambda line: line.user_id)
    left_alone = walk.busy(User) | _registering(walk.enterprise)
    known = {person.user_id: person for person in walk.enterprise.users.defer("user_token")}
    fresh = [info for info in result.lines if info.user_id not in known and len(info.user_id) <= LONGEST_ID]
    for start in range(0, len(fresh), CHUNK):
        _adopt(walk, fresh[start : start + CHUNK])
    for info in result.lines:
        person = known.get(info.user_id)
        if person and person.pk not in left_alone and news_of_person(person, info):
            _see(walk, person, info)
    seen = {info.user_id for info in result.lines}
    expected = _expected(known, left_alone)
    for pk, info in absent(walk, User, expected, seen, lambda user_id: users.info(user_id)):
        _see(walk, User.objects.get(pk=pk), info)


def _registering(enterprise: Enterprise) -> set[int]:
    """People whom an operation of ours may just have registered: it has yet to get their entry token."""
    if not UNCLAIMED.up:
        return set()
    mine = Operation.objects.filter(enterprise=enterprise, kind="user.register", state__in=OPEN)
    return set(mine.values_list("subject_id", flat=True))


def _expected(known: Mapping[str, User], left_alone: set[int]) -> dict[str, int]:
    return {
        user_id: person.pk
        for user_id, person in known.items()
        if person.remote_id and person.sync_state != SyncState.GONE and person.pk not in left_alone
    }


def _see(walk: Round, person: User, info: UserInfo) -> None:
    with walk.writing(person) as rows:
        if rows and person_seen(person, info):
            walk.report.changed += 1


def _adopt(walk: Round, infos: Sequence[UserInfo]) -> None:
    """Rows of people made outside; somebody who was made here meanwhile is seen by the next walk."""
    with walk.writing():
        try:
            with transaction.atomic():
                User.objects.bulk_create([new_person(walk.enterprise, info) for info in infos])
            walk.report.adopted += len(infos)
        except IntegrityError:
            walk.report.adopted += sum(_adopted(walk.enterprise, info) for info in infos)


def _adopted(enterprise: Enterprise, info: UserInfo) -> bool:
    try:
        with transaction.atomic():
            adopt_person(enterprise, info)
    except IntegrityError:
        return False
    return True
