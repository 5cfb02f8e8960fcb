from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act, kept as it was written.

    A trigger refuses UPDATE, DELETE and TRUNCATE; so a person or a school that stands here cannot be deleted.
    """

    enterprise = models.ForeignKey(
        "accounts.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_entries",
        verbose_name=_("school"),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_entries",
        verbose_name=_("who"),
    )
    actor_label = models.CharField(_("who, as written then"), max_length=120)
    action = models.CharField(_("act"), max_length=60)
    object_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    object_id = models.CharField(_("its id"), max_length=64, blank=True)
    object_label = models.CharField(_("thing"), max_length=200, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, blank=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["enterprise", "-id"], name="audit_of_a_school"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_of_a_thing"),
        )

    def __str__(self) -> str:
        return f"{self.actor_label} · {self.action} · {self.object_label}"
