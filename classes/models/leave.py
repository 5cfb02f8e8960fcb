"""Leave of absence: requested by a student or entered by the office."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Guardian


class Leave(models.Model):
    """Leave of absence: once approved, absences of a person between two moments are excused.

    `by` asked for it or entered it. A request never changes, so that nobody approves other days than they
    read: a new request that overlaps with an open one replaces it.
    """

    class Kind(models.TextChoices):
        SICK = "sick", _("sick leave")
        PERSONAL = "personal", _("personal leave")
        OFFICIAL = "official", _("school activity")
        OTHER = "other", pgettext_lazy("leave", "other")

    class State(models.TextChoices):
        REQUESTED = "requested", _("awaiting decision")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="leaves")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="leaves", verbose_name=_("person")
    )
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    kind = models.CharField(
        _("kind"), max_length=8, choices=Kind.choices, default=Kind.OTHER, db_default=Kind.OTHER
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.APPROVED, db_default=State.APPROVED
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True, default="", db_default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    #: Who asked on behalf of the student. The relation stays when the guardian is deleted.
    guardian = models.ForeignKey(
        "accounts.Guardian", models.SET_NULL, null=True, related_name="+", verbose_name=_("guardian")
    )
    guardian_relation = models.CharField(
        _("requested by"),
        max_length=11,
        choices=Guardian.Relation.choices,
        blank=True,
        default="",
        db_default="",
    )
    created_at = models.DateTimeField(pgettext_lazy("leave", "entered"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["-begins_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("begins_at")),
                name="leave_ends_after_it_begins",
                violation_error_message=_("The leave must end after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | Q(~Q(state="withdrawn"), withdrawn_at__isnull=True),
                name="leave_withdrawn_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(answered_at__isnull=False),
                name="leave_returned_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "ends_at"], name="leave_of_person"),
            models.Index(fields=["enterprise", "begins_at", "id"], name="leave_by_begin"),
            models.Index(fields=["enterprise", "ends_at", "id"], name="leave_by_end"),
            models.Index(fields=["enterprise", "id"], condition=Q(state="requested"), name="leave_open"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {timezone.localtime(self.begins_at):%Y-%m-%d %H:%M}"

    @property
    def is_revoked(self) -> bool:
        """Whether it was approved and then taken away, unlike a request that was withdrawn."""
        return self.withdrawn_at is not None and not (self.is_request and self.answered_at is None)

    @property
    def is_request(self) -> bool:
        """Whether it was asked for, by the student or a guardian, and not entered by the office."""
        return self.by_id == self.person_id or bool(self.guardian_relation)

    @property
    def audit_label(self) -> str:
        """The label without the name, which is personal data."""
        return f"{timezone.localtime(self.begins_at):%Y-%m-%d %H:%M}"
