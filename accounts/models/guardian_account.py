"""Sign-in of guardians: accounts, invitations, and forgotten passwords. None of them is a user."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.guardian import Guardian
from console.vault.fields import SealedField
from console.vault.models import Sealed


class GuardianAccount(Sealed):
    """With what a guardian signs in at one school; a parent of siblings has one, with several rows.

    The name is encrypted, and found by a digest (accounts.sign_in.guardians.names). `password` is a
    hash of Django's hashers. Sessions of an earlier `session_epoch` have ended.
    """

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="guardian_accounts", db_index=False
    )
    sign_in_name = SealedField(_("sign-in name"))
    name_digest = models.CharField(max_length=64, editable=False)
    #: Where the guardian opened a link: only there may a link go that she asks for herself.
    e_mail = SealedField(_("e-mail"), null=True, editable=False)
    password = models.CharField(_("password"), max_length=128)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    signed_in_at = models.DateTimeField(_("last signed in"), null=True, editable=False)

    class Meta:
        verbose_name = _("account of a guardian")
        verbose_name_plural = _("accounts of guardians")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "name_digest"], name="guardian_account_name_once")
        ]

    def __str__(self) -> str:
        return str(_("account of a guardian %(number)s") % {"number": self.pk})


class GuardianInvitation(models.Model):
    """A link by which one guardian gets an account, or a new password, once, until `expires_at`.

    `account` is the one whose password was forgotten; such a link goes to the address of the account.
    Only the digest of its token is stored, as for `PasswordLink`: the token of a card exists in the response
    that shows the card, the token of an e-mail from when the e-mail is built. A guardian has at most one link
    that is neither used nor revoked.
    """

    class Delivery(models.TextChoices):
        CARD = "card", _("printed card")
        EMAIL = "email", _("e-mail")

    class Mail(models.TextChoices):
        NONE = "none", _("no e-mail")
        WAITING = "waiting", _("e-mail waits")
        SENDING = "sending", _("e-mail is being sent")
        SENT = "sent", _("e-mail sent")
        FAILED = "failed", _("e-mail failed")

    # No index of its own: links are found through their guardian or their digest.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="+", db_index=False, verbose_name=_("school")
    )
    guardian = models.ForeignKey(
        Guardian, models.CASCADE, related_name="invitations", verbose_name=_("guardian")
    )
    account = models.ForeignKey(
        GuardianAccount,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("account"),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    delivery = models.CharField(_("sent as"), max_length=5, choices=Delivery.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    mail = models.CharField(_("e-mail"), max_length=7, choices=Mail.choices, default=Mail.NONE)
    mail_due_at = models.DateTimeField(default=timezone.now, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("invitation of a guardian")
        verbose_name_plural = _("invitations of guardians")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["guardian"],
                condition=Q(used_at=None, revoked_at=None),
                name="guardian_invitation_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="guardian_invitation_expiry"),
            models.Index(
                fields=["mail_due_at", "id"],
                condition=Q(mail__in=("waiting", "sending")),
                name="guardian_invitation_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.get_delivery_display()

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def renewed_account(self) -> GuardianAccount | None:
        """The account whose password the link sets; None if it makes an account or adds the student to one.

        A link of the office sets no password of an account with other students, which it is not about.
        """
        account = self.guardian.account
        if account is None or self.account_id == account.pk:
            return account
        return None if account.guardians.exclude(pk=self.guardian_id).exists() else account


class GuardianPasswordRequest(models.Model):
    """Somebody forgot the password of a name, which need not exist. A worker answers and deletes it."""

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="+", verbose_name=_("school")
    )
    digests = models.JSONField(default=list, editable=False)
    asked_at = models.DateTimeField(_("requested at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("password request of a guardian")
        verbose_name_plural = _("password requests of guardians")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.asked_at)
