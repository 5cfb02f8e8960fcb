"""Courseware (课件)."""

import uuid

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.mirror.models import PolledModel
from console.outbox.mirrored import Mirrored

#: Final `transcode_status`.
TRANSCODE_FINISHED = "finished"


def courseware_files() -> Storage:
    """Return the courseware storage (settings.STORAGES)."""
    return storages["courseware"]


class Document(PolledModel, Mirrored):
    """A courseware file (API document: 课件模块); `remote_id` is its `doc_id`.

    Name, owner and permission cannot change after the API has the document: there is no document/modify. A
    change is a new document that `replaces` this one. The API fetches the file from `source_url`, or from a
    URL of the console if `file` is set. A deleted document keeps its row, with `deleted_at`.
    """

    class Permission(models.TextChoices):
        PRIVATE = "private", _("only the owner")
        PUBLIC = "public", _("the whole school")

    MIRROR_COLUMNS = Mirrored.MIRROR_COLUMNS | {
        "transcode_status",
        "transcode_code",
        "transcode_message",
        "transcode_url",
    }

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="documents")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="documents", verbose_name=_("owner")
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=200)
    ext = models.CharField(_("type"), max_length=10)
    bytes = models.PositiveBigIntegerField(_("size"), default=0)
    md5 = models.CharField(max_length=32, blank=True)
    file = models.FileField(_("file"), storage=courseware_files, max_length=200, blank=True)
    source_url = models.URLField(_("file link"), max_length=1000, blank=True)
    permission = models.CharField(
        _("visibility"), max_length=8, choices=Permission.choices, default=Permission.PRIVATE
    )
    transcode_wanted = models.BooleanField(_("create an animated version"), default=False)
    transcode_status = models.CharField(
        _("state of the animated version"), max_length=40, blank=True, editable=False
    )
    transcode_code = models.IntegerField(default=0, editable=False)
    transcode_message = models.CharField(max_length=300, blank=True, editable=False)
    transcode_url = models.CharField(max_length=1000, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)
    double_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="doubles",
        verbose_name=_("possible duplicate of"),
    )
    replaces = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="replaced_by",
        verbose_name=_("replacement for"),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("courseware")
        verbose_name_plural = _("courseware")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["look_at"], condition=models.Q(look_at__isnull=False), name="document_to_look_at"
            ),
            models.Index(fields=["enterprise", "-id"], name="document_newest"),
            models.Index(fields=["enterprise", "name", "id"], name="document_by_name"),
            models.Index(fields=["enterprise", "bytes", "id"], name="document_by_size"),
            models.Index(fields=["enterprise", "md5"], name="document_by_md5"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "remote_id"],
                condition=~models.Q(remote_id=""),
                name="document_once_at_the_service",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("classes:document", args=[self.pk])

    def __str__(self) -> str:
        return f"{self.name}.{self.ext}"


class DocumentUpload(models.Model):
    """A resumable upload. It becomes a document after all chunks have arrived and passed validation.

    `told`, `bytes` and `modified` are the file's name, size and modification time as the browser sent them;
    they identify the upload when the user resumes it. `file` is its name in our storage, `ticket` the upload
    ID of the bucket.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    told = models.CharField(max_length=300)
    bytes = models.PositiveBigIntegerField()
    modified = models.PositiveBigIntegerField(default=0)
    file = models.CharField(max_length=200)
    ticket = models.TextField(blank=True)
    begun_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "documents_upload"
        ordering = ["-id"]
        indexes = [models.Index(fields=["enterprise", "by"], name="upload_by_person")]

    def __str__(self) -> str:
        return str(self.token)
