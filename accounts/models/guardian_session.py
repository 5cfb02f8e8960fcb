"""Sessions of guardians, as their list shows them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: Of what a browser says about itself, as allauth keeps for users.
USER_AGENT_CHARS = 200


class GuardianSession(models.Model):
    """An open session of a guardian, as `allauth.usersessions.UserSession`, which needs a user, is of a user.

    The row tells nothing about whether the session is valid; accounts.sign_in.guardians.sessions does.
    """

    account = models.ForeignKey(
        "accounts.GuardianAccount", models.CASCADE, related_name="sessions", verbose_name=_("account")
    )
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    ip = models.GenericIPAddressField(_("IP address"))
    user_agent = models.CharField(_("browser"), max_length=USER_AGENT_CHARS)
    created_at = models.DateTimeField(_("signed in at"), default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(_("last used"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("session of a guardian")
        verbose_name_plural = _("sessions of guardians")
        ordering = ["-id"]
        indexes = [models.Index(fields=["last_seen_at"], name="guardian_session_last_seen")]

    def __str__(self) -> str:
        return f"{self.account}: {self.created_at:%Y-%m-%d}"
