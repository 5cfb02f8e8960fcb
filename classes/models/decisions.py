"""Manual decisions about attendance: corrections, credits, appeals and closed registers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.attendance import Mark
from classes.models.lesson import Lesson


class Appeal(models.Model):
    """An appeal of a student against a mark; `evidence` is their register entry at that time."""

    class State(models.TextChoices):
        OPEN = "open", _("awaiting answer")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("rejected")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="appeals", verbose_name=_("lesson"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appeals", verbose_name=_("person")
    )
    mark = models.CharField(_("mark"), max_length=20, choices=Mark.choices)
    text = models.CharField(_("what is wrong"), max_length=1000, blank=True)
    evidence = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("appealed at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "person"], condition=Q(state="open"), name="one_open_appeal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson}: {self.get_state_display()}"


class Correction(models.Model):
    """A manual mark that overrides the derived one; append-only, the newest counts.

    An empty `mark` restores the derived mark. `instead_of` is the mark before the correction. `user_id` is
    always set, `person` only for people of the school.
    """

    class Kind(models.TextChoices):
        HAND = "hand", _("by hand")
        APPEAL = "appeal", _("after an appeal")
        DROP = "drop", _("many disconnected at once")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="corrections")
    user_id = models.CharField(_("user ID"), max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.HAND)
    mark = models.CharField(_("mark"), max_length=20, choices=Mark.choices, blank=True)
    instead_of = models.CharField(_("previous mark"), max_length=20, choices=Mark.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    appeal = models.ForeignKey(Appeal, models.PROTECT, null=True, related_name="corrections")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["id"]
        indexes = [models.Index(fields=["lesson", "user_id", "-id"], name="correction_newest")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.get_mark_display() or '–'}"


class GuestCredit(models.Model):
    """Credits the stays of a guest to a member: the same person under another id."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="credits")
    guest_id = models.CharField(_("guest's user ID"), max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "classes_credit"
        verbose_name = _("guest match")
        verbose_name_plural = _("guest matches")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "guest_id"], condition=Q(undone_at=None), name="a_guest_counts_for_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guest_id} → {self.person}"


class CallbackDifference(models.Model):
    """An entry or exit in a callback that a final register lacks; a person decides about it.

    It changes no mark. `entered` is true for an entry, false for an exit; `told_at` is its time by the
    callback.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="callback_differences")
    user_id = models.CharField(_("user ID"), max_length=64)
    entered = models.BooleanField(_("entered"))
    told_at = models.DateTimeField(_("time according to iclass"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("contradicting message")
        verbose_name_plural = _("contradicting messages")
        ordering = ["told_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "user_id", "entered", "told_at"], name="callback_difference_once"
            ),
        ]
        indexes = [
            models.Index(fields=["lesson"], condition=Q(decided_at=None), name="callback_difference_open"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {timezone.localtime(self.told_at):%Y-%m-%d %H:%M:%S}"


class Register(models.Model):
    """A closed register: one numbered revision, with the SHA-256 of its canonical JSON.

    `body` names people only by their ids. It never changes; a reopened register gets the next number when it
    is closed again.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="registers", verbose_name=_("lesson"))
    number = models.PositiveIntegerField(_("revision"))
    body = models.JSONField()
    digest = models.CharField(_("checksum"), max_length=64)
    closed_at = models.DateTimeField(_("closed at"), default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    reopened_at = models.DateTimeField(_("reopened at"), null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("reopened by")
    )
    reopen_reason = models.CharField(_("reason for reopening"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("closed register")
        verbose_name_plural = _("closed registers")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "number"], name="one_register_a_number"),
            models.UniqueConstraint(
                fields=["lesson"], condition=Q(reopened_at=None), name="one_register_closed_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson} · {self.number}"
