"""Forms of the attendance policy and of engagement samples."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, User
from accounts.school import attendance_policy_hooks, engagement
from accounts.school.forms.base import SchoolForm


class AttendancePolicyForm(SchoolForm):
    """Attendance policy. The form uses minutes, the columns seconds."""

    MINUTE_FIELDS = field_of_column = {"late_after_s": "late_after", "early_leave_s": "early_leave"}
    PAST_LESSON_CHOICES = [
        ("keep", _("Keep: the new rules apply from now on")),
        ("again", _("Recalculate: apply the new rules to the newest 100 open registers of the last 30 days")),
    ]
    MAX_LISTED_MARKS = 30

    late_after = forms.FloatField(
        label=_("Late after (minutes)"),
        min_value=0,
        max_value=240,
        help_text=_("Counted from the planned start, or from the actual start if the teacher started late."),
    )
    early_leave = forms.FloatField(label=_("Left early (minutes before the end)"), min_value=0, max_value=240)

    class Meta:
        model = Enterprise
        fields = ("present_share", "leave_minutes", "leave_request_days")
        help_texts = {
            "present_share": _("Students who attend less than this share of the lesson are marked absent."),
            "leave_minutes": _(
                "Approved leave excuses if it covers this many minutes of the planned time, or all of it."
            ),
            "leave_request_days": _("Students can ask for leave up to this many days after it began."),
        }

    field_order = ("late_after", "early_leave", "present_share", "leave_minutes", "leave_request_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column, name in self.MINUTE_FIELDS.items():
            self.initial[name] = f"{getattr(self.instance, column) / 60:g}"

    def clean(self) -> dict[str, Any]:
        """List the marks that the new policy would change, and require a decision about past lessons."""
        data = super().clean()
        values = self.to_columns({name: data[name] for name in self.changed_data if name in data})
        edited = {} if self.errors else self.edited(values)
        edited.pop("leave_request_days", None)  # no mark depends on it
        marks = attendance_policy_hooks.preview_mark_changes(self.instance, edited) if edited else []
        if marks:
            self.fields["past"] = forms.ChoiceField(
                label=ngettext("%(n)d mark would change", "%(n)d marks would change", len(marks))
                % {"n": len(marks)},
                choices=self.PAST_LESSON_CHOICES,
                widget=forms.RadioSelect,
                required=False,
                help_text="; ".join(marks[: self.MAX_LISTED_MARKS]),
            )
            data["past"] = self.data.get(self.add_prefix("past"), "")
            if data["past"] not in dict(self.PAST_LESSON_CHOICES):
                self.add_error(
                    "past", gettext("Choose whether the new rules apply to lessons that have ended.")
                )
        return data

    def save_by(self, by: User) -> bool:
        recalculate = self.cleaned_data.pop("past", "") == "again"
        if not super().save_by(by):
            return False
        if recalculate:
            attendance_policy_hooks.recalculate_marks(school=self.instance, by=by)
        return True

    def to_columns(self, values: dict[str, Any]) -> dict[str, Any]:
        names = {name: column for column, name in self.MINUTE_FIELDS.items()}
        return {
            names.get(name, name): round(value * 60) if name in names else value
            for name, value in values.items()
        }


class EngagementForm(forms.Form):
    """Engagement samples on or off, with a reason."""

    samples_on = forms.BooleanField(
        label=_("Keep engagement samples"),
        required=False,
        help_text=_(
            "Each check of a room records whose camera, microphone and speaker were on, who "
            "was silenced and whose hand was raised. When a register becomes final, the "
            "console keeps the number of checks per student and shows it next to the mark, "
            "also to the student. It never affects a mark. Inform students and parents "
            "before turning this on. When it is turned off, all samples are deleted within "
            "an hour."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is shown on the settings page with your name."),
    )

    def __init__(self, *args: Any, instance: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = instance
        self.initial.setdefault("samples_on", instance.samples_on)

    def save_by(self, by: User) -> bool:
        """Save and return True: `clean` has reported every error."""
        data = self.cleaned_data
        engagement.set_engagement_sampling(
            school=self.school, on=data["samples_on"], reason=data["reason"], by=by
        )
        return True
