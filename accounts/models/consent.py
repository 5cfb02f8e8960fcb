"""Age groups, and the consent of guardians to the processing of a person's data."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.vault.fields import SealedField
from console.vault.models import Sealed


class AgeGroup(models.TextChoices):
    """The groups that the law tells apart: under 14 the data are sensitive, under 18 a person is a minor."""

    UNDER_14 = "under_14", _("under 14")
    MINOR = "minor", _("14 to 17")
    ADULT = "adult", _("18 or older")


def age_group_on(born: date, day: date) -> AgeGroup:
    """Return the age group on a day. Who was born on 29 February has their birthday on 1 March."""
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    if age < 14:
        return AgeGroup.UNDER_14
    return AgeGroup.MINOR if age < 18 else AgeGroup.ADULT


class ConsentState(models.TextChoices):
    GIVEN = "given", pgettext_lazy("consent", "given")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "withdrawn")


class Consent(Sealed):
    """That consent was given or withdrawn; append-only, the newest row counts.

    `guardian` is who gave it, with the relation to the person. A trigger keeps the other columns.
    """

    class How(models.TextChoices):
        PAPER = "paper", _("signed form")
        ONLINE = "online", _("online form")
        TALK = "talk", _("in conversation")
        OTHER = "other", pgettext_lazy("consent", "other")

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="consents", verbose_name=_("school")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consents", verbose_name=_("person")
    )
    state = models.CharField(_("state"), max_length=9, choices=ConsentState.choices)
    day = models.DateField(pgettext_lazy("consent", "on"))
    guardian = SealedField(_("given by"), null=True, blank=True)
    how = models.CharField(pgettext_lazy("consent", "how"), max_length=6, choices=How.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    at = models.DateTimeField(_("recorded at"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-id"]
        indexes = [models.Index(fields=["enterprise", "at"], name="consent_by_time")]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.day}"

    def sealed_for(self) -> str:
        return str(self.enterprise_id)
