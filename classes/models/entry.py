"""Putting somebody into a room from here, or taking them out of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson
from console.outbox.mirrored import Mirrored
from console.vault.fields import SealedField
from console.vault.models import Sealed


class Entry(Sealed, Mirrored):
    """One act at the door of a lesson. `remote_id` is the user id that went in or out at the service.

    A visitor is made up by the service, so what it answered stands here, sealed, until somebody has seen
    it or `secrets_until` has passed; then it is wiped, and so is a lesson's password.
    """

    class Act(models.TextChoices):
        JOIN = "join", _("put into the room")
        QUIT = "quit", _("taken out of the room")
        VISITOR = "visitor", _("visitor's pass")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="entries")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="entries", verbose_name=_("lesson"))
    act = models.CharField(_("act"), max_length=8, choices=Act.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="entries", verbose_name=_("person")
    )
    nickname = models.CharField(_("name"), max_length=60, blank=True)
    devices = models.JSONField(_("switched on at entry"), default=list, blank=True)
    password = SealedField(_("the lesson's password"), null=True, blank=True)
    user_token = SealedField(_("entry token"), null=True, blank=True)
    user_sig = SealedField(_("signature for the chat"), null=True, blank=True)
    secrets_until = models.DateTimeField(null=True, editable=False)
    shown_at = models.DateTimeField(_("pass shown"), null=True, editable=False)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act="visitor", person__isnull=True)
                | (~Q(act="visitor") & Q(person__isnull=False)),
                name="entry_has_a_person_unless_a_visitor",
            ),
        ]
        indexes = [
            models.Index(
                fields=["secrets_until"], condition=Q(secrets_until__isnull=False), name="entry_to_wipe"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.nickname or self.get_act_display()} – {self.lesson}"

    @property
    def audit_label(self) -> str:
        """Without the name, which is the person's own."""
        return f"{self.get_act_display()} – {self.lesson}"
