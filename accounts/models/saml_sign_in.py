"""Sign-ins with SAML 2.0 that are under way, and the assertions that were used lately."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.models.identity_provider import IdentityProvider
from console.vault.fields import SealedField
from console.vault.models import Sealed


class SamlSignIn(Sealed, models.Model):
    """A request to a provider, which is answered once and finished once.

    The browser keeps `request_id` in its session. The provider's answer comes by a form of another site, so
    without that session: what it says is kept sealed in `claims` until the browser fetches it with the token
    of `handover` (a digest), at most some minutes, and is emptied then. The row stays as long as the
    assertion is valid, so that none counts twice (accounts.school.identity.saml.exchange).
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    provider = models.ForeignKey(
        IdentityProvider, models.CASCADE, related_name="+", verbose_name=_("identity provider")
    )
    request_id = models.CharField(max_length=64, unique=True, editable=False)
    started_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    #: Digest of the ID of the assertion, which is the provider's to choose.
    assertion = models.CharField(max_length=64, blank=True, editable=False)
    handover = models.CharField(max_length=64, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    claims = SealedField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    kept_until = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("sign-in with SAML 2.0")
        verbose_name_plural = _("sign-ins with SAML 2.0")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "assertion"], condition=~Q(assertion=""), name="saml_assertion_once"
            ),
            models.UniqueConstraint(
                fields=["handover"], condition=~Q(handover=""), name="saml_handover_once"
            ),
        ]
        indexes = [models.Index(fields=["kept_until"], name="saml_sign_in_kept")]

    def __str__(self) -> str:
        return f"{self.provider}: {self.started_at:%Y-%m-%d %H:%M}"
