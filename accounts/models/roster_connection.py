"""The OneRoster service of a school's student information system, and what was read from it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.models.imports import PeopleImport
from accounts.models.user import User
from console.vault.fields import SealedField
from console.vault.models import Sealed


class RosterConnection(Sealed):
    """A OneRoster REST service. The school enters its address and credentials (OAuth 2, client credentials).

    What is read becomes an import, of `by`. It is applied without a person if less than `max_change` per cent
    of the people or groups would change; without a number it always waits. `synced_at` is when the newest run
    began that read everything up to then, `full_at` that of the newest one which read everything.
    """

    class Version(models.TextChoices):
        V11 = "1.1", "1.1 (v1p1)"
        V12 = "1.2", "1.2 (v1p2)"

    enterprise = models.OneToOneField(Enterprise, models.CASCADE, related_name="roster_connection")
    version = models.CharField(_("version"), max_length=3, choices=Version.choices, default=Version.V12)
    url = models.URLField(_("address of the service"), max_length=500)
    token_url = models.URLField(_("address for tokens"), max_length=500)
    client_id = models.CharField(_("client ID"), max_length=200)
    client_secret = SealedField(_("client secret"), null=True)
    is_nightly = models.BooleanField(_("Read every night"), default=False)
    max_change = models.PositiveSmallIntegerField(
        _("Apply without confirmation below (per cent changed)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("set up by"))
    synced_at = models.DateTimeField(null=True)
    full_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(_("last read"), null=True)
    failure = models.CharField(max_length=12, blank=True)
    newest = models.ForeignKey(PeopleImport, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("OneRoster service")
        verbose_name_plural = _("OneRoster services")

    def __str__(self) -> str:
        return self.url


class RosterPage(models.Model):
    """A page of records that a run has read; deleted once all are there, or with the run."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", db_index=False)
    connection = models.ForeignKey(RosterConnection, models.CASCADE, related_name="pages")
    resource = models.CharField(max_length=20)
    records = models.JSONField()

    class Meta:
        verbose_name = _("page of a OneRoster service")
        verbose_name_plural = _("pages of a OneRoster service")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.resource}"
