"""The codes that a school writes for marks: letters, name and colour, and what each counts as."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classes.models.attendance import Mark

MAX_LETTERS = 4


class ReasonKind(models.TextChoices):
    """Why a mark is what it is, where a school may tell marks apart (`classes.attendance.codes.kinds`)."""

    ANY = "", _("for any reason")
    MORNING = "morning", _("in the morning")
    AFTERNOON = "afternoon", _("in the afternoon")
    NEVER_SEEN = "never_seen", _("never joined")
    TOO_SHORT = "too_short", _("present for too short a time")
    SICK = "sick", _("sick leave")
    PERSONAL = "personal", _("personal leave")
    OFFICIAL = "official", _("school activity")
    OTHER = "other", _("other leave")
    DROP = "drop", _("many disconnected at once")
    HAND = "hand", _("set by hand")
    NOT_HELD = "not_held", _("the lesson was not held")


class AttendanceCode(models.Model):
    """A code of a school. It changes no mark: it says in the school's own letters what a mark is.

    `counts_as` is how the school counts the code, beside the rates, which follow from the marks. Marks whose
    code is not active show as the marks themselves.
    """

    class Tone(models.TextChoices):
        OK = "ok", _("green")
        WARN = "warn", _("amber")
        BAD = "bad", _("red")
        BUSY = "busy", _("blue")
        IDLE = "idle", _("grey")

    class Counts(models.TextChoices):
        PRESENT = "present", pgettext_lazy("counts as", "present")
        ABSENT = "absent", pgettext_lazy("counts as", "absent")
        NEITHER = "neither", pgettext_lazy("counts as", "neither")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="attendance_codes")
    letters = models.CharField(_("code"), max_length=MAX_LETTERS)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    tone = models.CharField(_("colour"), max_length=4, choices=Tone.choices, default=Tone.IDLE)
    counts_as = models.CharField(_("counts as"), max_length=7, choices=Counts.choices, default=Counts.PRESENT)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("attendance code")
        verbose_name_plural = _("attendance codes")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "letters"], name="code_letters_once_a_school"),
            models.CheckConstraint(condition=~Q(letters=""), name="code_has_letters"),
        ]

    def __str__(self) -> str:
        return f"{self.letters} {self.name}"


class CodeUse(models.Model):
    """A mark that a code stands for; with a `kind` only where the mark has that reason."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    code = models.ForeignKey(
        AttendanceCode, models.CASCADE, related_name="uses", verbose_name=_("attendance code")
    )
    mark = models.CharField(_("mark"), max_length=20, choices=Mark.choices)
    kind = models.CharField(_("reason"), max_length=10, choices=ReasonKind.choices, blank=True)

    class Meta:
        verbose_name = _("mark of an attendance code")
        verbose_name_plural = _("marks of attendance codes")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "mark", "kind"], name="one_code_a_mark_and_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.mark} {self.kind}".strip()
