"""Requests of people who forgot their password."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: How long a request waits for the office.
KEPT_FOR = timedelta(days=30)


class PasswordRequest(models.Model):
    """Somebody typed a login and asked for a new password.

    The page stores the login alone, whether it exists or not, so that its answer tells nothing. A worker then
    looks it up (accounts.sign_in.forgotten_passwords): it deletes the row, or enters the person, and the row
    waits for an administrator. One row waits for a person.
    """

    # None until the worker has looked the login up. No index of its own: that of `Meta` starts with it.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, null=True, related_name="+", db_index=False
    )
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("person")
    )
    #: What was typed, encrypted: it may be a password. Emptied as soon as it has been looked up.
    login = models.TextField(_("login"), blank=True)
    asked_at = models.DateTimeField(_("requested at"), default=timezone.now)

    class Meta:
        verbose_name = _("password request")
        verbose_name_plural = _("password requests")
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, enterprise=None) | Q(person__isnull=False, enterprise__isnull=False),
                name="password_request_has_both_or_none",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "asked_at"], name="password_request_oldest")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
