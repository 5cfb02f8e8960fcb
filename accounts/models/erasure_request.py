"""Requests to erase a person's data, which a second administrator confirms or declines."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: How long a request waits: twice the seven days for which some have to wait (accounts.people.second_person).
VALID_FOR = timedelta(days=14)


def default_expiry() -> datetime:
    return timezone.now() + VALID_FOR


class ErasureRequest(models.Model):
    """One administrator asks to erase a person, another one decides until `expires_at`.

    A person has at most one request that waits. One that expired stays "waiting" until the next request for
    the person closes it; `waiting` leaves it out. The texts are deleted with the data of the person.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("erasure", "awaiting confirmation")
        CONFIRMED = "confirmed", pgettext_lazy("erasure", "confirmed")
        DECLINED = "declined", pgettext_lazy("erasure", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("erasure", "withdrawn")
        EXPIRED = "expired", pgettext_lazy("erasure", "expired")

    # No index of its own: those of `Meta` start with the enterprise.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="erasure_requests", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="erasure_requests", verbose_name=_("person")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"), default=default_expiry)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("erasure request")
        verbose_name_plural = _("erasure requests")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="waiting"), name="one_erasure_request_waits"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(answered_by__isnull=True)
                | ~Q(answered_by=F("requested_by")),
                name="erasure_confirmed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="erasure_request_newest"),
            models.Index(
                fields=["enterprise", "expires_at"],
                condition=Q(state="waiting"),
                name="erasure_request_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.shown_state.label}"

    @classmethod
    def waiting(cls) -> "models.QuerySet[ErasureRequest]":
        """Return the requests that can still be answered."""
        return cls._default_manager.filter(state=cls.State.WAITING, expires_at__gt=timezone.now())

    @property
    def is_waiting(self) -> bool:
        return self.shown_state == self.State.WAITING

    @property
    def shown_state(self) -> "ErasureRequest.State":
        """The state, with that of a request that nobody answered in time."""
        waiting = self.state == self.State.WAITING
        return self.State.EXPIRED if waiting and self.expires_at <= timezone.now() else self.State(self.state)
