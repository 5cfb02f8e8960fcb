"""Browsers in which somebody has signed in before."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class KnownDevice(models.Model):
    """A browser in which a person has signed in, by the digest of a random value in its cookie.

    It tells whether a sign-in comes from a new device (accounts.sign_in.devices), and nothing else.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    digest = models.CharField(max_length=64, editable=False)
    first_used_at = models.DateTimeField(_("first used"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="known_device_once")]
        indexes = [models.Index(fields=["last_used_at"], name="known_device_last_used")]

    def __str__(self) -> str:
        return f"{self.person}: {self.first_used_at:%Y-%m-%d}"
