"""Create and revoke the secret URL of a feed. That of a person ends with all their access."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import StudentGroup, User
from accounts.sign_in.services import access_ended
from classes.models import Feed
from console.audit.trail import record
from console.concurrency import service
from console.policy.database_scope import as_owner

LAST_USED_INTERVAL = timedelta(hours=1)


@service
def create_feed(*, by: User, group: StudentGroup | None = None) -> tuple[Feed, str]:
    """Create a feed of a group, or of `by`, and return it with its token. It replaces an older feed."""
    person = None if group else by
    # Lock the owner: two requests that find no old feed to delete would violate the unique constraint.
    owners = User.objects.filter(pk=by.pk) if group is None else StudentGroup.objects.filter(pk=group.pk)
    list(owners.select_for_update(no_key=True).values_list("pk"))
    Feed.objects.filter(person=person, group=group, enterprise=by.enterprise_id).delete()
    token = secrets.token_urlsafe(32)
    school: Any = by.enterprise_id
    feed = Feed.objects.create(
        enterprise_id=school, person=person, group=group, digest=token_digest(token), created_by=by
    )
    record("feed.add", feed, by=by)
    return feed, token


@service
def revoke_feed(*, feed: Feed, by: User) -> None:
    """Delete the feed; its URL stops working."""
    if Feed.objects.filter(pk=feed.pk).delete()[0]:
        record("feed.delete", feed, by=by)


@receiver(access_ended, dispatch_uid="classes.notifications.calendar_feeds.tokens")
def revoke_feeds_of_people(*, people: Sequence[User], by: User | None, reason: str, **kwargs: Any) -> None:
    """Delete the feeds of people whose access has ended."""
    feeds = Feed.objects.filter(person__in=people).select_related("person")
    for feed in list(feeds):
        record("feed.delete", feed.person, by=by, reason=reason)
        feed.delete()


def find_feed(token: str) -> Feed | None:
    """Return the feed of a token; None for a wrong token or for a person who left."""
    with as_owner():  # the request is anonymous: the token alone identifies the owner
        feeds = Feed.objects.select_related("enterprise", "person", "group")
        feed = feeds.filter(digest=token_digest(token)).first()
        if feed is None or (feed.person and (not feed.person.is_active or feed.person.erased_at)):
            return None
        now = timezone.now()
        if feed.last_used_at is None or now - feed.last_used_at > LAST_USED_INTERVAL:
            Feed.objects.filter(pk=feed.pk).update(last_used_at=now)
    return feed


def token_digest(token: str) -> str:
    """Return the SHA-256 digest, which suffices for a token of 32 random bytes."""
    return hashlib.sha256(token.encode()).hexdigest()
