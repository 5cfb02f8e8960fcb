"""Setting for engagement samples: off by default; a superadmin needs a reason to change it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.audit.trail import record
from console.concurrency import lock_row, service

AUDIT_ACTION = "school.samples"


@service
def set_engagement_sampling(*, school: Enterprise, on: bool, reason: str, by: User | None) -> bool:
    """Turn samples on or off, with a reason that the page shows; return whether the setting changed.

    After turning them off, samples are hidden at once and deleted by the next retention run.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Enter a reason for later reference.")})
    stored = lock_row(school)
    if stored.samples_on == on:
        return False
    stored.samples_on = on
    stored.save(update_fields=["samples_on"])
    record(
        AUDIT_ACTION,
        stored,
        by=by,
        before={"samples_on": not on},
        after={"samples_on": on},
        reason=reason.strip(),
    )
    return True


def last_sampling_change(school: Enterprise) -> AuditEntry | None:
    """Return the audit entry of the last change, or None."""
    entries = AuditEntry.objects.filter(enterprise=school, action=AUDIT_ACTION).select_related("actor")
    return entries.order_by("-at", "-id").first()
