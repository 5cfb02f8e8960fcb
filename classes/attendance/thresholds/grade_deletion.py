"""What the deletion of a grade takes along here: reports by e-mail, and the effect of warning rules."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Grade
from accounts.people.grades.deletion import GradeLoss, register_grade_loss
from classes.attendance.thresholds.sentences import rule_sentence
from classes.models import ReportSchedule, ThresholdRule


@register_grade_loss
def _reports_by_email(grade: Grade) -> GradeLoss:
    """Return the schedules that are deleted with the grade."""
    schedules = ReportSchedule.objects.filter(grade=grade.pk).select_related("person").order_by("pk")
    names = [f"{one.person} ({one.get_every_display()})" for one in schedules]
    text = ngettext(
        "%(n)d report by e-mail is deleted: %(names)s.",
        "%(n)d reports by e-mail are deleted: %(names)s.",
        len(names),
    )
    return GradeLoss("report_schedules", names, text % {"n": len(names), "names": _(", ").join(names)})


@register_grade_loss
def _warning_rules(grade: Grade) -> GradeLoss:
    """Return the rules that stay without a grade, and so warn of nobody."""
    rules = ThresholdRule.objects.filter(grade=grade.pk, removed_at=None).order_by("pk")
    names = [rule_sentence(one) for one in rules.select_related("grade", "group", "course")]
    text = ngettext(
        "%(n)d warning rule applies to nobody any more: %(names)s.",
        "%(n)d warning rules apply to nobody any more: %(names)s.",
        len(names),
    )
    return GradeLoss("warning_rules", names, text % {"n": len(names), "names": _("; ").join(names)})
