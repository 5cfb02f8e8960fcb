"""课件: courseware in external object storage; the service stores its metadata and its transcoding."""

from django.db import models

from console.sandbox.store.models.enterprise import Enterprise


class Document(models.Model):
    """A document; `transcode_*` change with the steps of the transcoding."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE)
    doc_id = models.CharField(max_length=32, unique=True)
    doc_url = models.TextField()
    doc_name = models.TextField(default="")
    doc_ext = models.TextField(default="")
    doc_size = models.BigIntegerField(default=0)
    doc_md5 = models.TextField(default="")
    permission = models.CharField(max_length=8)
    owner = models.TextField(default="")
    upload_time = models.BigIntegerField()
    is_transcode = models.BooleanField(default=False)
    transcode_status = models.CharField(max_length=16, default="")
    transcode_code = models.BigIntegerField(default=0)
    transcode_msg = models.TextField(default="")
    transcode_result = models.TextField(default="")
    deleted = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.doc_id} {self.doc_name}"
