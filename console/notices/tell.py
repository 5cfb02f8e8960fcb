"""Telling people something, once."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from console.bell import ring
from console.notices.kinds import kind_of
from console.notices.models import Notice


def tell(
    kind: str,
    *,
    people: Iterable[Any],
    key: str,
    args: dict[str, Any] | None = None,
    link: str = "",
) -> int:
    """Tell each of `people` (users of a school) once; returns how many had not been told before.

    `key` names the thing: told again with the same key, nobody hears of it twice. `args` fill the words
    of the kind (no secrets: they are stored plain), `link` is the page where one acts.
    """
    known = kind_of(kind)
    if known is None:
        raise LookupError(f"No app has registered notices of kind {kind!r}.")
    by_mail = known.mail and bool(settings.EMAIL_IS_SET_UP)
    rows = [
        Notice(
            enterprise_id=person.enterprise_id,
            person=person,
            kind=kind,
            key=key,
            args=args or {},
            link=link,
            mail=Notice.Mail.WAITING if by_mail and known.mails(person) else Notice.Mail.NONE,
        )
        for person in people
    ]
    told = {
        pk
        for (pk,) in Notice.objects.filter(key=key, person__in=[row.person for row in rows]).values_list(
            "person"
        )
    }
    new = [row for row in rows if row.person.pk not in told]
    # Another process may tell the same at this moment: the constraint decides, and only its winner mails.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    if by_mail and new:
        transaction.on_commit(lambda: ring("console.notices.tasks.post"))
    return len(new)


def mark_read(notices: Any) -> int:
    """Mark a queryset of notices as read; returns how many were new."""
    read: int = notices.filter(read_at=None).update(read_at=timezone.now())
    return read
