"""Take back that somebody handles or closed an attendance warning (`console.undo`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import AttendanceWarning
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.policy import scoped
from console.undo import register_undo


@service
def undo_handling(*, warning: AttendanceWarning, by: User, values: Mapping[str, Any]) -> None:
    """Return a warning to the state of `values` (`services.acknowledge_warning`, `close_warning`).

    Raise ValidationError if its state has changed since, or a follow-up was recorded.
    """
    stored = lock_row(warning)
    since = stored.closed_at or stored.acknowledged_at
    if not since or stored.state != values["made"] or since.isoformat() != values["at"]:
        raise ValidationError(_("Someone changed this warning since. Open it again to see its state."))
    if stored.follow_ups.filter(at__gte=since).exists():
        raise ValidationError(_("A follow-up was recorded since. It stays with the warning."))
    former = values["acknowledged_at"]
    stored.state, stored.closed_by, stored.closed_at = values["state"], None, None
    stored.acknowledged_by_id = values["acknowledged_by"]
    stored.acknowledged_at = datetime.fromisoformat(former) if former else None
    stored.save(update_fields=["state", "closed_by", "closed_at", "acknowledged_by", "acknowledged_at"])
    record("warning.reopen", stored, by=by)


def _undo(by: Any, key: int, values: Mapping[str, Any]) -> None:
    rows = scoped(AttendanceWarning.objects.all(), by, "warning", "acknowledge")
    warning = rows.filter(pk=key).first()
    if warning is None:
        raise ValidationError(_("This cannot be taken back."))
    undo_handling(warning=warning, by=by, values=values)


register_undo("warning.handle", _undo)
