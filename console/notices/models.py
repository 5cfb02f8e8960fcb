"""Notice: one thing told to one person. Digest: many of them in one mail. Wish: what somebody wants where."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.notices.topics import DIGESTS, Mail


class Posted(models.Model):
    """A row that leaves by mail, once."""

    class Mail(models.TextChoices):
        NONE = "none", _("not by mail")
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    mail = models.CharField(_("mail"), max_length=8, choices=Mail.choices, default=Mail.NONE)
    mail_due_at = models.DateTimeField(default=timezone.now)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


_WAITS = models.Q(mail__in=["waiting", "sending"])
_PERIODS = [(str(one), one.label) for one in DIGESTS]


class Digest(Posted):
    """What was told to somebody in a day or a week, as one mail: one a person, period and last day."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    period = models.CharField(max_length=6, choices=_PERIODS)
    day = models.DateField()

    class Meta:
        verbose_name = _("mail of a day or week")
        verbose_name_plural = _("mails of a day or week")
        constraints = [models.UniqueConstraint(fields=["person", "period", "day"], name="digest_once")]
        indexes = [models.Index(fields=["mail_due_at"], condition=_WAITS, name="digest_mail")]

    def __str__(self) -> str:
        return f"{self.period} {self.day}"


class Notice(Posted):
    """One thing told to one person, once: `key` is unique for a person.

    The words are not stored but made from `kind` and `args` when read, in the reader's language. `shown`:
    it stands in the console; `period` says in which digest it comes, `digest` is that one.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=120)
    args = models.JSONField(default=dict, blank=True)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("told"), default=timezone.now)
    shown = models.BooleanField(default=True, db_default=True)
    read_at = models.DateTimeField(_("read"), null=True)
    period = models.CharField(max_length=6, choices=_PERIODS, blank=True, default="", db_default="")
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, related_name="notices")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once_a_person")]
        indexes = [
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["mail_due_at"], condition=_WAITS, name="notice_mail"),
            models.Index(
                fields=["enterprise", "period"],
                condition=models.Q(digest=None) & ~models.Q(period=""),
                name="notice_for_digest",
            ),
            models.Index(fields=["enterprise", "-id"], name="notice_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Wish(models.Model):
    """What somebody chose for a topic; without one its default holds."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="wishes")
    topic = models.CharField(max_length=40)
    console = models.BooleanField(default=True)
    mail = models.CharField(max_length=6, choices=Mail.choices)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="wish_once_a_topic")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.mail}"
