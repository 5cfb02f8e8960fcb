"""Create and remove an enterprise, as the vendor's staff would."""

import secrets

from console.sandbox import clock, ledger
from console.sandbox.store.models import Document, Enterprise, Recording, Step


def ensure(number: int, **changes: object) -> Enterprise:
    """Create the enterprise if it is absent; otherwise change the given fields."""
    fresh = {
        "private_key": secrets.token_hex(32),
        "name": f"School {number}",
        "contact_user": "Sandbox",
        "bizid": number % 100_000,
        "create_time": clock.now(),
    }
    enterprise, made = Enterprise.objects.get_or_create(sdkappid=number, defaults=fresh | changes)
    if not made:
        Enterprise.objects.filter(pk=enterprise.pk).update(**changes)
    ledger.record_effect(
        enterprise, "enterprise", number, "made" if made else "given", fields=sorted(changes)
    )
    return enterprise


def remove(enterprise: Enterprise) -> int:
    """Remove an enterprise with its people, classes, documents and callbacks, not its lines of the ledger.

    Return the key that it had.
    """
    pk = enterprise.pk
    documents = Document.objects.filter(enterprise=enterprise)
    recordings = Recording.objects.filter(classroom__enterprise=enterprise)
    Step.objects.filter(kind="transcode", ref__in=documents.values("pk")).delete()
    Step.objects.filter(kind="recording", ref__in=recordings.values("pk")).delete()
    ledger.record_effect(enterprise, "enterprise", enterprise.sdkappid, "removed")
    enterprise.delete()
    return int(pk)
