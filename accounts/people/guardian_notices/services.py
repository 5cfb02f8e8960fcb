"""Change the settings of notices, send one again, end them for a guardian, and delete old ones."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Enterprise, Guardian, GuardianNotice, User
from accounts.models.guardian_notice import GuardianNoticeSettings
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import changed_fields, lock_row, service
from console.notifications.channels.models import Delivery
from console.notifications.channels.queue import STOPPED
from console.wakeup import wake_worker

TASK = "accounts.tasks.deliver_guardian_notices"
#: How long notices are kept: a school year, and time for questions about it.
RETENTION = timedelta(days=400)
FIELDS = ("is_on", "least_lessons", "tells_late", "needs_consent", "notify_at")


def settings_of(school: Enterprise) -> GuardianNoticeSettings:
    """Return the settings of a school; unsaved ones with the defaults if it has none."""
    found = GuardianNoticeSettings.objects.filter(enterprise=school).first()
    return found or GuardianNoticeSettings(enterprise=school)


@service
def save_settings(
    *, school: Enterprise, by: User, seen: Mapping[str, str] | None = None, **fields: Any
) -> GuardianNoticeSettings:
    """Change the settings of a school; `fields` are FIELDS. EditConflict if somebody else did the same."""
    lock_row(school)
    stored, _is_new = GuardianNoticeSettings.objects.get_or_create(enterprise=school)
    before = snapshot(stored, FIELDS)
    changed = changed_fields(stored, fields, seen or {})
    if changed.get("is_on"):
        stored.on_since = timezone.now()
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.full_clean(exclude=["enterprise"])
    if changed:
        stored.save(update_fields=[*changed, "on_since"])
        old, new = diff_snapshots(before, snapshot(stored, FIELDS))
        record("guardian_notice.settings", school, by=by, before=old, after=new)
    return stored


@service
def send_notice_again(*, notice: GuardianNotice, by: User) -> bool:
    """Send a notice that did not leave, or perhaps did; return whether it waits now."""
    stored = lock_row(notice)
    if stored.delivery not in STOPPED:
        return False
    stored.delivery, stored.delivery_due_at = Delivery.WAITING, timezone.now()
    stored.delivery_attempts, stored.reason, stored.answer = 0, "", ""
    names = ("delivery", "delivery_due_at", "delivery_attempts", "reason", "answer")
    stored.save(update_fields=names)
    record("guardian_notice.send_again", stored.guardian.person, by=by, after={"day": stored.day})
    transaction.on_commit(lambda: wake_worker(TASK))
    return True


@service
def end_notices(*, guardian: Guardian) -> None:
    """Tell a guardian no more of attendance, as they asked for."""
    student = lock_row(guardian.person)
    stored = lock_row(guardian)
    if not stored.told_attendance:
        return
    stored.told_attendance = False
    stored.save(update_fields=["told_attendance"])
    record(
        "guardian.unsubscribe",
        student,
        by=None,
        before={"told_attendance": True},
        after={"told_attendance": False},
    )


def delete_old_notices() -> int:
    """Delete notices beyond RETENTION; return how many."""
    return GuardianNotice.objects.filter(created_at__lt=timezone.now() - RETENTION).delete()[0]
