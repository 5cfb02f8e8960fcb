"""Forms of warning rules and follow-ups, and the filter of the list of warnings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup
from accounts.people.grades.filters import GradeField, offer_grades
from classes.attendance.forms.filters import PersonFilter
from classes.attendance.reports.lesson_matrix.forms import OptionField
from classes.attendance.thresholds.crossings import Kind, Scope
from classes.attendance.thresholds.queries import in_state
from classes.attendance.thresholds.sentences import rule_sentence
from classes.lessons.forms.fields import set_choices
from classes.lessons.selectable import chooses_from_own, own_groups
from classes.models import AttendanceWarning, Course, ThresholdRule, WarningFollowUp
from console.policy import scoped
from console.policy.edit_forms import OptimisticLockMixin

#: Most marks that a rule may ask for, and the longest period in days.
MAX_MARKS, MAX_DAYS = 50, 366
#: Of each kind: the label of its number, the number and the days that are offered.
NUMBERS: dict[str, tuple[Any, int, int | None]] = {
    Kind.ABSENCES: (_("Absences in a row"), 3, None),
    Kind.RATE: (_("Attendance rate below (percent)"), 85, 28),
    Kind.LATE: (_("Times late"), 3, 7),
    Kind.UNKNOWN: (_("Lessons without data"), 2, 14),
}
DEFAULT_LEAST = 5
State = AttendanceWarning.State
#: States of a warning whose threshold is crossed; one that was taken back has ended.
STATES = (State.OPEN, State.ACKNOWLEDGED, State.CLOSED)
#: Fields of what a rule can be limited to, named like its scopes.
TARGETS = (Scope.GRADE.value, Scope.GROUP.value, Scope.COURSE.value)


class RuleForm(OptimisticLockMixin, forms.Form):
    """A rule of one kind; `rule` is the stored one, or a new one of which only the kind counts."""

    number = forms.IntegerField(min_value=1)
    days = forms.IntegerField(
        label=_("Within (days)"),
        min_value=1,
        max_value=MAX_DAYS,
        help_text=_("The period ends today: 7 days are today and the six days before."),
    )
    least = forms.IntegerField(
        label=_("From so many marks on"),
        min_value=1,
        max_value=MAX_MARKS,
        help_text=_("With fewer marks in the period, the rate says little and nobody is warned."),
    )
    grade = GradeField(label=_("Only students of a grade"))
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(),
        label=_("Only students of a group"),
        required=False,
        empty_label=_("Whole school"),
        help_text=_("All lessons of these students count."),
    )
    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("Only lessons of a course"),
        required=False,
        empty_label=_("All lessons"),
        help_text=_("Choose only one of grade, group and course."),
    )
    tells_teachers = forms.BooleanField(
        label=_("Notify the teacher in charge"),
        required=False,
        help_text=_("The teachers in charge of the student's groups, and the teacher of the course."),
    )
    tells_office = forms.BooleanField(label=_("Notify administrators"), required=False)
    tells_student = forms.BooleanField(label=_("Notify the student"), required=False)
    tells_guardians = forms.BooleanField(
        label=_("Notify the guardians"),
        required=False,
        help_text=_(
            "By e-mail, once a day at the time set under “Message channels”, “Notifications to guardians”."
        ),
    )

    def __init__(self, *args: Any, rule: ThresholdRule, reader: Any, **more: Any) -> None:
        self.instance = rule
        label, number, days = NUMBERS[rule.kind]
        offered = {name: getattr(rule, name) for name in self.base_fields}
        if not rule.pk:
            offered |= {"number": number, "days": days, "least": DEFAULT_LEAST}
        super().__init__(*args, **more | {"initial": offered})
        self._keep_fields_of_kind(rule.kind, label)
        if rule.pk:  # its warnings, and who may see them, belong to its grade, group or course
            for name in TARGETS:
                del self.fields[name]
            return
        offer_grades(self, reader, _("Whole school"))
        groups = scoped(StudentGroup.objects.filter(archived_at=None), reader, "group", "list")
        set_choices(self.fields["group"], groups.order_by("sort_name", "name", "id"))
        courses = scoped(Course.objects.all(), reader, "course", "list")
        set_choices(self.fields["course"], courses.order_by("title", "id"))

    def _keep_fields_of_kind(self, kind: str, label: Any) -> None:
        most = 100 if kind == Kind.RATE else MAX_MARKS
        self.fields["number"] = forms.IntegerField(label=label, min_value=1, max_value=most)
        if kind == Kind.ABSENCES:
            del self.fields["days"]
        if kind != Kind.RATE:
            del self.fields["least"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if sum(bool(data.get(name)) for name in TARGETS) > 1:
            self.add_error("course", ValidationError(gettext("Choose only one of grade, group and course.")))
        rule = self.instance
        if rule.pk and not rule.has_target:
            message = gettext(
                "The grade, group or course of this rule was deleted. Delete the rule and add another."
            )
            raise ValidationError(message)
        return data

    def service_fields(self) -> dict[str, Any]:
        """Return the fields of the rule for the service. Call it after validation."""
        data, rule = self.cleaned_data, self.instance
        numbers = {"days": data.get("days"), "least": data.get("least")}
        if rule.pk:
            target: dict[str, Any] = {"scope": rule.scope} | {name: getattr(rule, name) for name in TARGETS}
        else:
            target = {"scope": next((name for name in TARGETS if data.get(name)), Scope.SCHOOL.value)}
        return {**data, **numbers, "kind": rule.kind, **target}


class FollowUpForm(forms.Form):
    """What somebody did about a warning."""

    kind = forms.ChoiceField(label=_("What was done"), choices=WarningFollowUp.Kind.choices)
    text = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Seen by everybody who may see this warning. It cannot be changed later."),
    )


class WarningFilter(PersonFilter):
    """Filter of the reader's warnings that still hold by student, rule, grade, group and state."""

    fields: dict[str, Any]
    rule = forms.ModelChoiceField(
        ThresholdRule.objects.none(), label=_("Warning rule"), required=False, empty_label=_("all")
    )
    group = OptionField(queryset=StudentGroup.objects.none(), label=_("Group"), empty_label=_("all"))
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("all")), *((one.value, one.label) for one in STATES)],
        required=False,
    )

    def __init__(self, *args: Any, warnings: QuerySet[AttendanceWarning], reader: Any, **more: Any) -> None:
        """Take the warnings that the reader may list."""
        super().__init__(*args, reader=reader, **more)
        rules = ThresholdRule.objects.filter(pk__in=warnings.order_by().values("rule"))
        self.fields["rule"].queryset = rules.select_related("grade", "group", "course").order_by("pk")
        self.fields["rule"].label_from_instance = rule_sentence
        groups = own_groups(reader) if chooses_from_own(reader, "list", "warning") else StudentGroup.objects
        groups = groups.filter(enterprise=reader.enterprise_id, archived_at=None)
        self.fields["group"].set_rows(groups.order_by("sort_name", "name", "id"))

    def narrow(self, warnings: QuerySet[AttendanceWarning]) -> QuerySet[AttendanceWarning]:
        """Return the matching warnings."""
        self.is_valid()
        data = self.cleaned_data
        warnings = warnings.filter(self.about_person())
        if data.get("rule"):
            warnings = warnings.filter(rule=data["rule"])
        if data.get("group"):
            warnings = warnings.filter(person__in=data["group"].students.values("pk"))
        return in_state(warnings, data["state"]) if data.get("state") else warnings


class EndedWarningFilter(WarningFilter):
    """The same of those that no longer hold, which wait for nobody."""

    state: Any = None
