"""Links by which people set a password without knowing the former one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PasswordLink(models.Model):
    """A link by which one person sets a password once, until `expires_at`.

    Only the digest of its token is stored. The token of a card exists in the response that shows the card,
    the token of an e-mail from when the e-mail is built (accounts.sign_in.password_links). A person has at
    most one link that is neither used nor revoked; an expired one stays until the next one replaces it, so
    that it is known who has not come.
    """

    class Delivery(models.TextChoices):
        CARD = "card", _("printed card")
        EMAIL = "email", _("e-mail")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="password_links", verbose_name=_("person")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    #: Digest of the address that the e-mail with the token went to; see accounts.sign_in.verified_addresses.
    sent_to = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    delivery = models.CharField(_("sent as"), max_length=5, choices=Delivery.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("password link")
        verbose_name_plural = _("password links")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at=None, revoked_at=None),
                name="password_link_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="password_link_expiry"),
            models.Index(
                fields=["enterprise", "-id"],
                condition=Q(used_at=None, revoked_at=None),
                name="password_link_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_delivery_display()}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
