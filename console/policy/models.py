from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.policy.token_scopes import scope_label


def ends_by_default() -> datetime:
    """Return the default expiry of a token."""
    return timezone.now() + timedelta(days=settings.REST_TOKEN_DAYS)


class ApiToken(models.Model):
    """A REST token of one person. Only its digest is stored; the token itself is shown once.

    `scopes` are those of console.policy.token_scopes.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("person")
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("permissions"), default=list, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    expires_at = models.DateTimeField(_("ends at"), default=ends_by_default, editable=False)

    class Meta:
        verbose_name = _("REST token")
        verbose_name_plural = _("REST tokens")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def days_left(self) -> int:
        """Whole days until the token expires; negative once it has expired."""
        return (self.expires_at - timezone.now()).days

    @property
    def scope_labels(self) -> list[str]:
        return [scope_label(scope) for scope in self.scopes]


class IdempotentRequest(models.Model):
    """A POST that took effect, by the digest of the `Idempotency-Key` of its sender.

    `status` is null while an action that sends by itself runs. `object_ids` are the rows of the answer.
    """

    class Outcome(models.TextChoices):
        EMPTY = "empty", _("no content")
        OBJECT = "object", _("one object")
        LIST = "list", _("several objects")
        OTHER = "other", _("not kept")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    key_digest = models.CharField(max_length=64, editable=False)
    request_digest = models.CharField(max_length=64, editable=False)
    status = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=6, choices=Outcome, blank=True)
    object_ids = models.JSONField(default=list)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("repeatable REST request")
        verbose_name_plural = _("repeatable REST requests")
        constraints = (
            models.UniqueConstraint(fields=("user", "key_digest"), name="idempotent_request_once"),
        )

    def __str__(self) -> str:
        return str(self.pk)


class RowChange(models.Model):
    """A row that a transaction wrote, for `updated_since` of REST lists (console.policy.row_changes).

    Triggers write it; it outlives its row and its school until it expires. `transaction_id` is the 64-bit ID
    of the transaction.
    """

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    transaction_id = models.BigIntegerField()
    at = models.DateTimeField(_("time"), db_index=True)

    class Meta:
        verbose_name = _("changed row")
        verbose_name_plural = _("changed rows")
        indexes = (
            models.Index(fields=("enterprise", "model", "transaction_id"), name="row_change_of_school"),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}"
