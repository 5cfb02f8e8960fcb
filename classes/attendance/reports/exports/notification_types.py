"""Notification types and the topic of scheduled exports, and the attachment of their e-mails."""

from collections.abc import Sequence
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.roles import Role
from classes.attendance.reports.exports.files import file_name
from classes.attendance.reports.exports.runs import notice_key
from classes.models import ExportRun
from classes.models.export_schedule import RefusalReason, export_storage
from console.notifications.topics import EmailFrequency, Topic, register_topic
from console.notifications.types import NotificationType, register_type

#: Larger files are not attached: mail servers refuse them. The e-mail has the link.
MAX_ATTACHED_BYTES = 10_000_000


def attach_file(notice: Any) -> Sequence[MIMEBase]:
    """Return the file as an attachment if the schedule asked for it; none once it has been deleted."""
    found = ExportRun.objects.filter(enterprise=notice.enterprise_id, attached=True).exclude(file="")
    run = next(
        (one for one in found.filter(pk=_run_number(notice.key)) if notice_key(one) == notice.key), None
    )
    if run is None or run.bytes > MAX_ATTACHED_BYTES:
        return ()
    storage: Any = export_storage()
    try:
        with storage.stream(run.file.name) as opened:
            part = MIMEApplication(opened.read())
    except FileNotFoundError:
        return ()
    with timezone.override(notice.enterprise.tz):
        part.add_header("Content-Disposition", "attachment", filename=file_name(run))
    return (part,)


def _run_number(key: str) -> int:
    """Return the run of a notice's key."""
    return int(key.rpartition(":")[2])


register_topic(
    Topic(
        "scheduled_exports",
        _("Scheduled exports"),
        (Role.SUPERADMIN, Role.ADMIN),
        EmailFrequency.NOW,
        fixed=_("Always sent: an administrator chose you as a recipient, or an export was refused."),
    )
)
register_type(
    NotificationType(
        "export_schedule.ready",
        _("Scheduled export: %(file)s"),
        _("Rows: %(rows)d. The file can be downloaded after signing in, for %(days)d days."),
        "scheduled_exports",
        tone="ok",
        icon="file-download",
        attach=attach_file,
    )
)
for _reason in RefusalReason:
    if _reason != RefusalReason.NONE:
        register_type(
            NotificationType(
                f"export_schedule.refused_{_reason.value}",
                _("A scheduled export was refused and is paused"),
                _reason.label,
                "scheduled_exports",
                tone="bad",
                icon="file-alert",
            )
        )
