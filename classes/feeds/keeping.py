"""Making and taking back the secret address of a feed."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import StudentGroup, User
from classes.models import Feed
from console.audit.trail import record
from console.policy.scope import as_owner

LAST_USED_EVERY = timedelta(hours=1)


@transaction.atomic
def make_feed(*, by: User, group: StudentGroup | None = None) -> tuple[Feed, str]:
    """A feed of a group, or of `by` themselves; its token can be read here alone. An old one ends."""
    person = None if group else by
    Feed.objects.filter(person=person, group=group, enterprise=by.enterprise_id).delete()
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(
        enterprise_id=by.enterprise_id, person=person, group=group, digest=digest(token), created_by=by
    )
    record("feed.add", feed, by=by)
    return feed, token


@transaction.atomic
def revoke_feed(*, feed: Feed, by: User) -> None:
    """From now on the address answers nothing."""
    record("feed.delete", feed, by=by)
    feed.delete()


def feed_of(token: str) -> Feed | None:
    """The feed of a token; None for a wrong one, and for that of somebody who left."""
    with as_owner():  # a stranger asks, or a browser of whomever: the token alone says whose it is
        feeds = Feed.objects.select_related("enterprise", "person", "group")
        feed = feeds.filter(digest=digest(token)).first()
        if feed is None or (feed.person and (not feed.person.is_active or feed.person.erased_at)):
            return None
        now = timezone.now()
        if feed.last_used_at is None or now - feed.last_used_at > LAST_USED_EVERY:
            Feed.objects.filter(pk=feed.pk).update(last_used_at=now)
    return feed


def digest(token: str) -> str:
    """SHA-256: enough for 32 random bytes, which no one can guess."""
    return hashlib.sha256(token.encode()).hexdigest()
