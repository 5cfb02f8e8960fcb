"""Models of channels: apps and bots of schools, the addresses of people there, messages with a state."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.vault.fields import SealedField
from console.vault.models import Sealed

MAX_TEXT_LENGTH = 600
MAX_ANSWER_LENGTH = 200


class Provider(models.TextChoices):
    """Where a message goes."""

    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    WEBHOOK = "webhook", _("Webhook")


#: Those that have apps, which write to single people. A webhook is a bot only.
APP_PROVIDERS = (Provider.WECOM, Provider.DINGTALK, Provider.FEISHU)


class Delivery(models.TextChoices):
    """State of a message."""

    WAITING = "waiting", pgettext_lazy("message", "waiting")
    SENDING = "sending", pgettext_lazy("message", "sending")
    DELIVERED = "delivered", pgettext_lazy("message", "delivered")
    REFUSED = "refused", pgettext_lazy("message", "refused")
    UNKNOWN = "unknown", pgettext_lazy("message", "perhaps delivered")


class MessagingApp(Sealed):
    """A school's app at a provider, which writes to single people. The school enters its credentials.

    `topics` are sent to everybody who did not choose otherwise. `token` is what the provider issued for the
    credentials, until `token_ends_at`.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    provider = models.CharField(_("Messenger"), max_length=8, choices=Provider.choices)
    app_id = models.CharField(max_length=128)
    agent_id = models.CharField(max_length=20, blank=True)
    secret = SealedField(_("Secret"), null=True)
    api_url = models.CharField(max_length=200, blank=True)
    topics = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("Topics"))
    is_on = models.BooleanField(_("In use"), default=True)
    token = SealedField(null=True, blank=True)
    token_ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("messaging app")
        verbose_name_plural = _("messaging apps")
        constraints = [models.UniqueConstraint(fields=["enterprise", "provider"], name="messaging_app_once")]

    def __str__(self) -> str:
        return str(self.get_provider_display())


class MessagingBot(Sealed):
    """A bot of a group at a provider, or a webhook. It is sent the `topics` that the school chose for it.

    The URL is a secret: who knows it can write to the group.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    name = models.CharField(pgettext_lazy("thing", "Name"), max_length=60)
    provider = models.CharField(_("Messenger"), max_length=8, choices=Provider.choices)
    url = SealedField(_("Webhook address"), null=True)
    secret = SealedField(_("Signing secret"), null=True, blank=True)
    topics = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("Topics"))
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    is_on = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("group bot")
        verbose_name_plural = _("group bots")
        constraints = [models.UniqueConstraint(fields=["enterprise", "name"], name="messaging_bot_name")]

    def __str__(self) -> str:
        return self.name


class MessagingAddress(Sealed):
    """Under which ID a provider knows a person: entered by the school, or found by phone or e-mail.

    `found_for` is a keyed digest of that phone and e-mail: an ID found for others is looked up again. Without
    an address, nobody was found for them on the day that the digest contains.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messaging_addresses")
    provider = models.CharField(_("Messenger"), max_length=8, choices=Provider.choices)
    address = SealedField(_("user ID"), null=True)
    is_found = models.BooleanField(_("found by phone or e-mail"), default=False)
    found_for = models.CharField(max_length=64, blank=True, db_default="", default="", editable=False)

    class Meta:
        verbose_name = _("messaging address")
        verbose_name_plural = _("messaging addresses")
        constraints = [models.UniqueConstraint(fields=["person", "provider"], name="messaging_address_once")]

    def __str__(self) -> str:
        return str(self.get_provider_display())


class Message(models.Model):
    """A message that leaves once: a notification to a person through an app, or an event to a bot.

    `uid` is what a provider recognises a repeated message by. `reason` says in one word why it did not leave
    (console.notifications.channels.answers), `answer` is what the provider said.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    notice = models.ForeignKey(
        "notices.Notification", models.CASCADE, null=True, blank=True, related_name="messages"
    )
    app = models.ForeignKey(MessagingApp, models.CASCADE, null=True, blank=True, related_name="messages")
    bot = models.ForeignKey(MessagingBot, models.CASCADE, null=True, blank=True, related_name="messages")
    uid = models.UUIDField(default=uuid4)
    kind = models.CharField(_("type"), max_length=40)
    key = models.CharField(max_length=120)
    args = models.JSONField(default=dict, blank=True)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("notified at"), default=timezone.now)
    delivery = models.CharField(_("State"), max_length=9, choices=Delivery.choices, default=Delivery.WAITING)
    delivery_due_at = models.DateTimeField(default=timezone.now)
    delivery_attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=12, blank=True)
    answer = models.CharField(_("Answer"), max_length=MAX_ANSWER_LENGTH, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["notice", "app"], name="message_once_an_app"),
            models.UniqueConstraint(fields=["bot", "key"], name="message_once_a_bot"),
            models.CheckConstraint(
                condition=models.Q(bot=None, notice__isnull=False, app__isnull=False)
                | models.Q(bot__isnull=False, notice=None, app=None),
                name="message_to_a_person_or_a_bot",
            ),
        ]
        indexes = [
            models.Index(
                fields=["delivery_due_at"],
                condition=models.Q(delivery__in=["waiting", "sending"]),
                name="message_due",
            ),
            models.Index(
                fields=["enterprise", "-id"],
                condition=models.Q(delivery__in=["refused", "unknown"]),
                name="message_not_delivered",
            ),
            models.Index(fields=["created_at"], condition=models.Q(notice=None), name="message_to_group"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def channel(self) -> Any:
        """The app or bot that the message leaves through."""
        return self.bot or self.app


class MessagingSettings(models.Model):
    """A school's quiet hours, and its own wording of messages in each language."""

    enterprise = models.OneToOneField("accounts.Enterprise", models.CASCADE, related_name="+")
    quiet_from = models.TimeField(_("Quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("Quiet until"), null=True, blank=True)
    text_zh = models.TextField(_("Message in Chinese"), max_length=MAX_TEXT_LENGTH, blank=True)
    text_en = models.TextField(_("Message in English"), max_length=MAX_TEXT_LENGTH, blank=True)

    class Meta:
        verbose_name = _("messaging settings")
        verbose_name_plural = _("messaging settings")

    def __str__(self) -> str:
        return str(self.enterprise_id)


class QuietHours(models.Model):
    """The quiet hours of a person, which take the place of those of the school."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="quiet_hours")
    quiet_from = models.TimeField(_("Quiet from"))
    quiet_until = models.TimeField(_("Quiet until"))

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")

    def __str__(self) -> str:
        return f"{self.quiet_from:%H:%M}–{self.quiet_until:%H:%M}"


class MailServer(Sealed):
    """The mail server that an operator entered, at most one; without it EMAIL_URL applies."""

    class Encryption(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", _("TLS from the start")
        NONE = "none", _("none")

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    host = models.CharField(_("Mail server"), max_length=253)
    port = models.PositiveIntegerField(_("Port"), default=587)
    encryption = models.CharField(
        _("Encryption"), max_length=8, choices=Encryption.choices, default=Encryption.STARTTLS
    )
    username = models.CharField(_("User name"), max_length=254, blank=True)
    password = SealedField(_("Password"), null=True, blank=True)
    sender = models.CharField(_("Sender"), max_length=254)

    class Meta:
        verbose_name = _("mail server")
        verbose_name_plural = _("mail servers")

    def __str__(self) -> str:
        return self.host

    def sealed_for(self) -> str:
        """The password belongs to the installation, not to a school."""
        return ""
