"""Whether a school keeps engagement samples: off unless a superadmin says why they should be on."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.audit.trail import record

ACT = "school.samples"


@transaction.atomic
def set_samples(*, school: Enterprise, on: bool, reason: str, by: User | None) -> bool:
    """Turn the samples on or off, with a reason that stands on the page; whether it was another way before.

    Turned off, nothing of them is shown from now on, and the next clearing deletes them.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that everybody can see it later.")})
    stored = Enterprise.objects.select_for_update().get(pk=school.pk)
    if stored.samples_on == on:
        return False
    stored.samples_on = school.samples_on = on
    stored.save(update_fields=["samples_on"])
    record(ACT, stored, by=by, before={"samples_on": not on}, after={"samples_on": on}, reason=reason.strip())
    return True


def set_by(school: Enterprise) -> AuditEntry | None:
    """Who turned them on or off last, when and why; None where nobody ever did."""
    acts = AuditEntry.objects.filter(enterprise=school, action=ACT).select_related("actor")
    return acts.order_by("-at", "-id").first()
