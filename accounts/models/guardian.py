"""Guardians of students: contacts of the office, not users."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.vault.fields import SealedField
from console.vault.models import Sealed


class Guardian(Sealed):
    """A guardian of one student. Never sent to iclass; name and contacts are encrypted.

    A guardian is no `User` (docs/decisions/0039-guardians-are-no-users.md), so no list of people, no roster,
    no count and no request to iclass can contain one.
    """

    class Relation(models.TextChoices):
        MOTHER = "mother", pgettext_lazy("guardian", "mother")
        FATHER = "father", pgettext_lazy("guardian", "father")
        GRANDPARENT = "grandparent", pgettext_lazy("guardian", "grandparent")
        OTHER = "other", pgettext_lazy("guardian", "other")

    # No index of its own: guardians are found through their student.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="guardians", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="guardians", verbose_name=_("student")
    )
    #: With what the guardian signs in; none before an invitation was accepted.
    account = models.ForeignKey(
        "accounts.GuardianAccount",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="guardians",
        verbose_name=_("account"),
    )
    #: Whom the row named when its first link was made: JSON of `identity`.
    known_as = SealedField(null=True, editable=False)
    name = SealedField(_("name"), null=True, blank=True)
    relation = models.CharField(_("relation"), max_length=11, choices=Relation.choices)
    phone_no = SealedField(_("phone"), null=True, blank=True)
    e_mail = SealedField(_("e-mail"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    told_attendance = models.BooleanField(_("may be told about attendance"), default=True)
    told_leave = models.BooleanField(_("may be told about leave"), default=True)
    told_school = models.BooleanField(_("may be told about school matters"), default=True)
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_relation_display()

    @property
    def identity(self) -> dict[str, str]:
        """Name and contacts in clear."""
        values: dict[str, Any] = {name: getattr(self, name) for name in ("name", "phone_no", "e_mail")}
        return {
            name: getattr(value, "reveal", lambda value=value: value or "")()
            for name, value in values.items()
        }

    def keep_identity(self) -> None:
        """Keep whom the row names now."""
        self.known_as = json.dumps(self.identity)
        self.save(update_fields=["known_as"])

    def names_another(self, before: Mapping[str, str]) -> bool:
        """Return whether the row names somebody else than when its first link was made, or than `before`.

        That is another name with another phone or address: one of them alone is a correction.
        """
        known = json.loads(self.known_as.reveal()) if self.known_as else before
        now = self.identity
        has_name = " ".join(known["name"].casefold().split()) != " ".join(now["name"].casefold().split())
        return has_name and any(known[name] != now[name] for name in ("phone_no", "e_mail"))
