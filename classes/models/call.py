"""A call to somebody who should be in a lesson."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class Call(models.Model):
    """Who was called about a lesson, by whom, when, and what came of it."""

    class Outcome(models.TextChoices):
        COMING = "coming", _("is coming")
        NOT_COMING = "not_coming", _("is not coming")
        NO_ANSWER = "no_answer", _("no answer")
        WRONG_NUMBER = "wrong_number", _("wrong number")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="calls", verbose_name=_("lesson"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="calls", verbose_name=_("person")
    )
    outcome = models.CharField(_("what came of it"), max_length=14, choices=Outcome.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("called by")
    )
    at = models.DateTimeField(_("called"), default=timezone.now)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-id"]
        indexes = [models.Index(fields=["lesson", "person", "-id"], name="call_of_person")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} – {self.lesson}"
