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
