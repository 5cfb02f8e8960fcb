"""Attachments of leave, such as a doctor's note."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.leave import Leave


def leave_file_storage() -> Storage:
    """Return the storage of attachments of leave (settings.STORAGES)."""
    return storages["leave"]


class LeaveFile(models.Model):
    """A file that was handed in with leave. Several leaves of one request share what is stored as `file`.

    `name` is without the extension, and may be personal: it is shown to those who may see the leave.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="leave_files")
    leave = models.ForeignKey(Leave, models.CASCADE, related_name="files", verbose_name=_("leave"))
    name = models.CharField(_("file name"), max_length=200)
    ext = models.CharField(_("type"), max_length=4)
    bytes = models.PositiveIntegerField(_("size"))
    file = models.FileField(_("file"), storage=leave_file_storage, max_length=200, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("added at"), default=timezone.now)

    class Meta:
        verbose_name = _("attachment of leave")
        verbose_name_plural = _("attachments of leave")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}.{self.ext}"

    @property
    def audit_label(self) -> str:
        """The label without the file name, which may be personal."""
        return self.leave.audit_label
