"""End-of-year roll-overs (学年升级): the choices of a draft, and what an applied one changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.terms import Term

#: What a preview counts.
COUNTS = ("promoted", "archived", "leavers", "deactivated", "courses", "lessons")


class RollOver(models.Model):
    """The change from one school year to the next, from the draft to its undo.

    `choices` is what was decided about groups, leavers and courses where it differs from what is proposed
    (`classes.timetable.roll_over.choices`). `seen` is the digest of the preview at the last save, `counts`
    are its numbers. `applied` lists what was changed, for the undo (`classes.timetable.roll_over.applied`);
    `kept` is what an undo left as it is, because somebody had changed it since.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPLYING = "applying", _("being carried out")
        APPLIED = "applied", _("carried out")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="roll_overs", db_index=False
    )
    ending = models.ForeignKey(
        Term, models.SET_NULL, null=True, related_name="+", verbose_name=_("term that ends")
    )
    beginning = models.ForeignKey(
        Term, models.SET_NULL, null=True, related_name="+", verbose_name=_("term that begins")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    choices = models.JSONField(default=dict)
    seen = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("reason for the conflicts"), max_length=300, blank=True)
    counts = models.JSONField(default=dict)
    applied = models.JSONField(default=dict)
    kept = models.JSONField(default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("actor")
    )
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    applied_at = models.DateTimeField(_("carried out at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("end-of-year roll-over")
        verbose_name_plural = _("end-of-year roll-overs")
        ordering = ["-id"]
        indexes = [models.Index(fields=["enterprise", "-id"], name="roll_over_of_a_school")]
        constraints = [
            # Of two drafts, both applied, the second would promote every group once more.
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=Q(state__in=["draft", "applying"]),
                name="one_roll_over_at_a_time",
                violation_error_message=_("A roll-over is being prepared already. Continue with it."),
            ),
            models.UniqueConstraint(
                fields=["ending"],
                condition=Q(state__in=["applied", "undoing"]),
                name="one_roll_over_a_term",
                violation_error_message=_("This term was rolled over already. Undo that first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ending or '—'} → {self.beginning or '—'}"

    @property
    def numbers(self) -> dict[str, int]:
        """The counts of a preview or result by name; empty before the first preview."""
        stored = self.counts if isinstance(self.counts, dict) else {}
        found = {name: number for name in COUNTS if type(number := stored.get(name)) is int}
        return found if len(found) == len(COUNTS) else {}
