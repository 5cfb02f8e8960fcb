"""Telling people something, once."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from console.bell import ring
from console.notices.kinds import kind_of
from console.notices.models import Notice
from console.notices.topics import Mail, topic_of
from console.notices.wishes import ways


def tell(
    kind: str,
    *,
    people: Iterable[Any],
    key: str,
    args: dict[str, Any] | None = None,
    link: str = "",
) -> int:
    """Tell each of `people` (users of a school) once, in the ways that they chose for its topic; returns how
    many had not been told before.

    `key` names the thing: told again with the same key, nobody hears of it twice. `args` fill the words
    of the kind (no secrets: they are stored plain), `link` is the page where one acts.
    """
    known = kind_of(kind)
    if known is None:
        raise LookupError(f"No app has registered notices of kind {kind!r}.")
    people = list(people)
    way = ways(topic_of(known.topic), people)
    rows = [
        Notice(
            enterprise_id=person.enterprise_id,
            person=person,
            kind=kind,
            key=key,
            args=args or {},
            link=link,
            shown=way[person.pk].console,
            **_mail(person, way[person.pk].mail),
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
    if any(row.mail == Notice.Mail.WAITING for row in new):
        transaction.on_commit(lambda: ring("console.notices.tasks.post"))
    return len(new)


def _mail(person: Any, mail: str) -> dict[str, str]:
    if not settings.EMAIL_IS_SET_UP or not person.e_mail or mail == Mail.NEVER:
        return {}
    return {"mail": Notice.Mail.WAITING} if mail == Mail.NOW else {"period": mail}


def mark_read(notices: Any) -> int:
    """Mark a queryset of notices as read; returns how many were new."""
    read: int = notices.filter(read_at=None).update(read_at=timezone.now())
    return read
