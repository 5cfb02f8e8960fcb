"""Models of notifications: Notice, Digest (many notices in one e-mail) and Wish (a person's preference)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.notifications.channels.models import (
    MailServer,
    Message,
    MessagingAddress,
    MessagingApp,
    MessagingBot,
    MessagingSettings,
    QuietHours,
)
from console.notifications.topics import DIGEST_PERIODS, EmailFrequency

__all__ = [
    "EmailedModel",
    "MailServer",
    "Message",
    "MessagingAddress",
    "MessagingApp",
    "MessagingBot",
    "MessagingSettings",
    "Notification",
    "NotificationDigest",
    "NotificationPreference",
    "QuietHours",
]


class EmailedModel(models.Model):
    """A row that is sent by e-mail once."""

    class Mail(models.TextChoices):
        NONE = "none", _("no e-mail")
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    mail = models.CharField(_("e-mails"), max_length=8, choices=Mail.choices, default=Mail.NONE)
    mail_due_at = models.DateTimeField(default=timezone.now)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


_MAIL_PENDING = models.Q(mail__in=["waiting", "sending"])
_PERIODS = [(str(period), period.label) for period in DIGEST_PERIODS]


class NotificationDigest(EmailedModel):
    """One e-mail with a person's notifications of a day or week, unique by person, period and last day."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    period = models.CharField(max_length=6, choices=_PERIODS)
    day = models.DateField()

    class Meta:
        db_table = "notices_digest"
        verbose_name = _("notification digest")
        verbose_name_plural = _("notification digests")
        constraints = [models.UniqueConstraint(fields=["person", "period", "day"], name="digest_once")]
        indexes = [models.Index(fields=["mail_due_at"], condition=_MAIL_PENDING, name="digest_mail")]

    def __str__(self) -> str:
        return f"{self.period} {self.day}"


class Notification(EmailedModel):
    """One notification to one person. `key` is unique per person, so that it is sent once.

    The text is not stored but built from `kind` and `args` in the user's language. `shown` means that the
    console lists it, `period` is the kind of digest that will include it, `digest` the one that does.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(_("type"), max_length=40)
    key = models.CharField(max_length=120)
    args = models.JSONField(default=dict, blank=True)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("notified at"), default=timezone.now)
    shown = models.BooleanField(default=True, db_default=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    period = models.CharField(max_length=6, choices=_PERIODS, blank=True, default="", db_default="")
    digest = models.ForeignKey(
        NotificationDigest,
        models.SET_NULL,
        null=True,
        related_name="notices",
        verbose_name=_("notification digest"),
    )

    class Meta:
        db_table = "notices_notice"
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once_a_person")]
        indexes = [
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["mail_due_at"], condition=_MAIL_PENDING, name="notice_mail"),
            models.Index(
                fields=["enterprise", "period"],
                condition=models.Q(digest=None) & ~models.Q(period=""),
                name="notice_for_digest",
            ),
            models.Index(fields=["enterprise", "-id"], name="notice_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class NotificationPreference(models.Model):
    """A person's preference for a topic. Without one the topic's default applies.

    `wecom`, `dingtalk` and `feishu` are empty where the person follows the choice of the school.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="wishes")
    topic = models.CharField(max_length=40)
    console = models.BooleanField(default=True)
    mail = models.CharField(max_length=6, choices=EmailFrequency.choices)
    wecom = models.BooleanField(_("WeCom"), null=True)
    dingtalk = models.BooleanField(_("DingTalk"), null=True)
    feishu = models.BooleanField(_("Feishu"), null=True)

    class Meta:
        db_table = "notices_wish"
        verbose_name = _("notification setting")
        verbose_name_plural = _("notification settings")
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="wish_once_a_topic")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.mail}"
