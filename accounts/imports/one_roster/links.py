"""Stored sourcedIds: reading, and noticing that they changed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import PeopleImport, SourcedId, StudentGroup, User

Kind = SourcedId.Kind

_DIGEST_SQL = """
SELECT md5(COALESCE(string_agg(
    concat_ws(' ', kind, target, left_at, sourced_id), E'\\n' ORDER BY kind, target), ''))
FROM accounts_sourcedid WHERE enterprise_id = %s
"""


class Link(NamedTuple):
    """A stored sourcedId and its row."""

    target: int
    title: str
    left_at: datetime | None


def links_of(school: int, kind: str, sourced_ids: Collection[str] | None = None) -> dict[str, Link]:
    """Return the links of a school by sourcedId, all or those of some IDs."""
    rows = SourcedId.objects.filter(enterprise=school, kind=kind)
    if sourced_ids is not None:
        rows = rows.filter(sourced_id__in=sourced_ids)
    found = rows.values_list("sourced_id", "target", "title", "left_at")
    return {one: Link(target, title, left_at) for one, target, title, left_at in found}


def sourced_ids_of(school: int, kind: str, targets: Collection[int]) -> dict[int, str]:
    """Return the sourcedIds of rows by key."""
    rows = SourcedId.objects.filter(enterprise=school, kind=kind, target__in=targets)
    return dict(rows.values_list("target", "sourced_id"))


def links_digest(school: int) -> str:
    """Return a digest of all links, by which an import notices that another one was applied meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST_SQL, [school])
        digest: str = cursor.fetchone()[0]
    return digest


def store_links(school: int, kind: str, links: Mapping[str, tuple[int, str]]) -> None:
    """Store sourcedIds with key and title of their rows, also in place of other IDs of these rows."""
    _delete_stale(school, kind, links)
    rows = (
        SourcedId(enterprise_id=school, kind=kind, sourced_id=sourced_id, target=target, title=title[:200])
        for sourced_id, (target, title) in links.items()
    )
    SourcedId.objects.bulk_create(
        rows,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["enterprise", "kind", "target"],
        update_fields=["sourced_id", "title", "left_at"],
    )


def _delete_stale(school: int, kind: str, links: Mapping[str, tuple[int, str]]) -> None:
    """Delete links of these IDs to other rows, which are gone or get another ID."""
    stored = links_of(school, kind, list(links))
    stale = [one for one, link in stored.items() if link.target != links[one][0]]
    SourcedId.objects.filter(enterprise=school, kind=kind, sourced_id__in=stale).delete()


def existing_groups(source: PeopleImport) -> dict[int, tuple[str, Any]]:
    """Return the names of the school's groups, and when they were archived, by key."""
    groups = StudentGroup.objects.filter(enterprise=source.enterprise_id)
    return {pk: (name, archived) for pk, name, archived in groups.values_list("pk", "name", "archived_at")}


def linked_people(school: int) -> int:
    """Return how many active people of a school have a sourcedId."""
    links = SourcedId.objects.filter(enterprise=school, kind=Kind.USER, left_at=None)
    return User.objects.filter(pk__in=links.values("target"), is_active=True).count()


def linked_groups(school: int) -> int:
    """Return how many groups of a school that are not archived have a sourcedId."""
    links = SourcedId.objects.filter(enterprise=school, kind=Kind.CLASS)
    return StudentGroup.objects.filter(pk__in=links.values("target"), archived_at=None).count()
