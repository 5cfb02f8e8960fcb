"""The trail (AuditEntry), its chain (Waiting, Link), who saw whose data (Seen), and each person's key."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.vault.fields import SealedField
from console.vault.models import Sealed


class AuditEntry(models.Model):
    """One act, kept as it was written.

    A trigger refuses UPDATE, DELETE and TRUNCATE; so a person or a school that stands here cannot be deleted.
    Names and contacts of people in it are sealed under the key of that person (console.audit.personal).
    """

    enterprise = models.ForeignKey(
        "accounts.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_entries",
        verbose_name=_("school"),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_entries",
        verbose_name=_("who"),
    )
    actor_label = models.CharField(_("who, as written then"), max_length=120)
    action = models.CharField(_("act"), max_length=60)
    object_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    object_id = models.CharField(_("its id"), max_length=64, blank=True)
    object_label = models.CharField(_("thing"), max_length=1000, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, blank=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    looks = models.BooleanField(_("shows personal data"), default=False)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=["enterprise", "-at", "-id"], name="audit_by_time"),
            models.Index(fields=["enterprise", "action", "-at", "-id"], name="audit_by_act"),
            models.Index(
                fields=["enterprise", "-at", "-id"], condition=models.Q(looks=True), name="audit_looks"
            ),
            models.Index(fields=["actor", "-at", "-id"], name="audit_by_actor"),
            models.Index(fields=["object_type", "object_id", "-at", "-id"], name="audit_by_thing"),
            models.Index(
                fields=["request_id", "-at", "-id"],
                condition=~models.Q(request_id=""),
                name="audit_by_request",
            ),
        )

    def __str__(self) -> str:
        return f"{self.actor_label} · {self.action}"


class Waiting(models.Model):
    """An entry that is in no chain yet. A trigger adds the row with the entry, chaining takes it away.

    `chain` is the school's id, 0 for what belongs to none.
    """

    entry_id = models.BigIntegerField(primary_key=True)
    chain = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["chain", "entry_id"], name="audit_waiting_of_a_chain"),)

    def __str__(self) -> str:
        return f"{self.chain}: {self.entry_id}"


class Link(models.Model):
    """The place of an entry in its chain: its number from 1, and the digest over it and the link before.

    Kept like the entry: a trigger refuses to change it or take it away.
    """

    entry = models.OneToOneField(AuditEntry, models.PROTECT, primary_key=True, related_name="link")
    chain = models.BigIntegerField()
    number = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["chain", "number"], name="one_link_a_number"),)

    def __str__(self) -> str:
        return f"{self.chain}/{self.number} {self.digest[:12]}"


class Seen(models.Model):
    """That an act of the trail showed a person's phone, e-mail, token or entry card, or put it in a file.

    One row a person; the entry holds a digest over its rows, so that the chain covers them.
    """

    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="seen", verbose_name=_("act"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="seen", verbose_name=_("person")
    )
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("what was seen"))

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=["entry", "person"], name="seen_once_an_act"),)
        indexes = (models.Index(fields=["person", "-id"], name="seen_of_a_person"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {', '.join(self.fields)}"


class PersonKey(Sealed):
    """The key under which the trail seals what is a person's own. Destroyed, nobody reads that any more."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="audit_key")
    key = SealedField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"key of {self.person_id}"

    def sealed_for(self) -> str:
        """Not the school: a visiting operator seems to be of one."""
        return str(self.person_id)
