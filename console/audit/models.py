"""Models of the audit trail: entries, the hash chain, access to personal data, and the keys of people."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.vault.fields import SealedField
from console.vault.models import Sealed


class AuditEntry(models.Model):
    """One action, append-only.

    A trigger rejects UPDATE, DELETE and TRUNCATE, so a person or school with entries cannot be deleted. Names
    and contacts of people are encrypted with the key of that person (`console.audit.personal_data`).
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
        verbose_name=_("actor"),
    )
    actor_label = models.CharField(_("actor at the time"), max_length=120)
    action = models.CharField(_("action"), max_length=60)
    object_type = models.CharField(_("object type"), max_length=60, blank=True)
    object_id = models.CharField(_("object ID"), max_length=64, blank=True)
    object_label = models.CharField(_("object name"), max_length=1000, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, blank=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    address = models.CharField(_("IP address"), max_length=45, blank=True)
    looks = models.BooleanField(_("shows personal data"), default=False)
    at = models.DateTimeField(_("time"), default=timezone.now)

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


class UnlinkedEntry(models.Model):
    """An entry that is not linked yet. A trigger inserts the row with the entry; linking deletes it.

    `chain` is the school's ID, 0 for entries without a school.
    """

    entry_id = models.BigIntegerField(primary_key=True)
    chain = models.BigIntegerField()

    class Meta:
        db_table = "audit_waiting"
        indexes = (models.Index(fields=["chain", "entry_id"], name="audit_waiting_of_a_chain"),)

    def __str__(self) -> str:
        return f"{self.chain}: {self.entry_id}"


class ChainLink(models.Model):
    """The position of an entry in its chain: its number from 1, and the digest of it and the previous link.

    It is append-only like the entry, by a trigger.
    """

    entry = models.OneToOneField(AuditEntry, models.PROTECT, primary_key=True, related_name="link")
    chain = models.BigIntegerField()
    number = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_link"
        constraints = (models.UniqueConstraint(fields=["chain", "number"], name="one_link_a_number"),)

    def __str__(self) -> str:
        return f"{self.chain}/{self.number} {self.digest[:12]}"


class PersonalDataAccess(models.Model):
    """An entry that showed or exported a person's phone, e-mail, token or entry card.

    There is one row per person. The entry holds a digest of its rows, so that the chain covers them.
    """

    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="seen", verbose_name=_("action"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="seen", verbose_name=_("person")
    )
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("viewed data"))

    class Meta:
        db_table = "audit_seen"
        verbose_name = _("personal data access")
        verbose_name_plural = _("personal data access")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=["entry", "person"], name="seen_once_an_act"),)
        indexes = (models.Index(fields=["person", "-id"], name="seen_of_a_person"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {', '.join(self.fields)}"


class PersonKey(Sealed):
    """The key that encrypts a person's data in the audit trail. Destroying it makes the data unreadable."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="audit_key")
    key = SealedField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"key of {self.person_id}"

    def sealed_for(self) -> str:
        """Bind the key to the person, not the school: a visiting operator appears to belong to one."""
        return str(self.person_id)
