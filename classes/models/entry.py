"""Room entries: people put into or removed from a room by the console."""

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
    """One entry to or removal from a room. `remote_id` is the user id in the API.

    The API generates the credentials of a visitor. They are stored sealed until they are shown or
    `secrets_until` has passed; then they are wiped, as is the password of the lesson.
    """

    class Act(models.TextChoices):
        JOIN = "join", _("let into the room")
        QUIT = "quit", _("removed from the room")
        VISITOR = "visitor", _("visitor's pass")

    MIRROR_COLUMNS = Mirrored.MIRROR_COLUMNS | {"user_token", "user_sig"}

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="entries")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="entries", verbose_name=_("lesson"))
    act = models.CharField(_("action"), max_length=8, choices=Act.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="entries", verbose_name=_("person")
    )
    nickname = models.CharField(_("name"), max_length=60, blank=True)
    devices = models.JSONField(_("devices turned on at entry"), default=list, blank=True)
    password = SealedField(_("lesson password"), null=True, blank=True)
    user_token = SealedField(_("entry token"), null=True, blank=True)
    user_sig = SealedField(_("chat signature"), null=True, blank=True)
    secrets_until = models.DateTimeField(null=True, editable=False)
    shown_at = models.DateTimeField(_("pass shown"), null=True, editable=False)
    created_at = models.DateTimeField(_("requested at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("room access")
        verbose_name_plural = _("room access log")
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
        """The label without the name, which is personal data."""
        return f"{self.get_act_display()} – {self.lesson}"
