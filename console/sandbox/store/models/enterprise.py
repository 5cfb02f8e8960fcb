"""企业: a school with its keys, contacts and callback address (document, 企业模块)."""

from django.db import models


class Enterprise(models.Model):
    """A customer of the service; `sdkappid` identifies it in every request."""

    sdkappid = models.BigIntegerField(unique=True)
    tic_key = models.CharField(max_length=128)
    private_key = models.TextField()
    busi_type = models.CharField(max_length=32, default="saas")
    name = models.TextField(default="")
    contact_user = models.TextField(default="")
    phone_no = models.TextField(default="")
    e_mail = models.TextField(default="")
    create_time = models.BigIntegerField()
    valid_time = models.BigIntegerField(default=31_536_000)
    super_admin = models.TextField(default="superadmin")
    icon = models.TextField(default="")
    bizid = models.BigIntegerField(default=0)
    call_back_url = models.TextField(default="")
    project_id = models.BigIntegerField(default=0)
    appid = models.BigIntegerField(default=0)
    secret_id = models.TextField(default="")
    secret_key = models.TextField(default="")
    # Scheme and host of the classroom; empty: the address of the service.
    room_url = models.TextField(default="")

    def __str__(self) -> str:
        return str(self.sdkappid)

    @property
    def enterprise_id(self) -> int:
        """Return the 机构 ID, a number as in the document's example."""
        return 10_000 + self.pk
