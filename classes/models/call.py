"""Phone calls to people who are missing in a lesson."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class AbsenceCall(models.Model):
    """A phone call to an absent person: who called, when, and the outcome."""

    class Outcome(models.TextChoices):
        COMING = "coming", _("is coming")
        NOT_COMING = "not_coming", _("is not coming")
        NO_ANSWER = "no_answer", _("no answer")
        WRONG_NUMBER = "wrong_number", _("wrong number")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="calls", verbose_name=_("lesson"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="calls", verbose_name=_("person")
    )
    outcome = models.CharField(_("call outcome"), max_length=14, choices=Outcome.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("called by")
    )
    at = models.DateTimeField(_("called at"), default=timezone.now)

    class Meta:
        db_table = "classes_call"
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-id"]
        indexes = [models.Index(fields=["lesson", "person", "-id"], name="call_of_person")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} – {self.lesson}"
