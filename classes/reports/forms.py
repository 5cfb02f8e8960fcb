"""What narrows a report, kept in its address."""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup, User
from accounts.queries import active
from classes.forms.fields import PersonChoice, day_field, offer
from classes.models import Course
from classes.rules import TEACHERS
from console.policy import scoped

#: The longest that is read at once.
MOST_DAYS = 400


class Stretch(NamedTuple):
    """From one moment to another, the second not in it."""

    begins: datetime
    ends: datetime

    @property
    def last(self) -> datetime:
        """A moment of the last day."""
        return self.ends - timedelta(seconds=1)


class ReportForm(forms.Form):
    """Days, and what else a report asks for: its fields are named by the report."""

    since = day_field(label=_("From"), required=False)
    until = day_field(label=_("Until"), required=False)
    by = forms.ChoiceField(
        label=_("Period"), choices=(("day", _("by day")), ("week", _("by week"))), required=False
    )
    teacher = PersonChoice(
        User.objects.none(), label=_("Teacher"), required=False, empty_label=_("all"), to_field_name="user_id"
    )
    course = forms.ModelChoiceField(Course.objects.none(), label=_("Course"), required=False, empty_label="—")
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(), label=_("Group"), required=False, empty_label="—"
    )
    least = forms.IntegerField(label=_("In a row, at least"), min_value=1, max_value=50, required=False)

    def __init__(self, *args: Any, reader: Any, asks: tuple[str, ...], weeks: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.weeks = weeks
        for name in set(self.fields) - {"since", "until", *asks}:
            del self.fields[name]
        if "teacher" in self.fields:
            offer(self.fields["teacher"], active(reader.enterprise_id, *TEACHERS))
        if "course" in self.fields:
            offer(self.fields["course"], scoped(Course.objects.all(), reader, "course", "list"))
        if "group" in self.fields:
            offer(self.fields["group"], scoped(StudentGroup.objects.all(), reader, "group", "list"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            raise ValidationError(_("The first day lies after the last one."))
        if since and until and (until - since).days > MOST_DAYS:
            raise ValidationError(_("Choose at most 400 days at once."))
        return data

    @property
    def stretch(self) -> Stretch:
        """The chosen days, by the clock of the school; else the weeks of the report until today."""
        data = getattr(self, "cleaned_data", {})
        until = data.get("until") or max(data.get("since") or timezone.localdate(), timezone.localdate())
        since = data.get("since") or until - timedelta(weeks=self.weeks)
        since = max(since, until - timedelta(days=MOST_DAYS))
        begins, after = (datetime.combine(day, time.min) for day in (since, until + timedelta(days=1)))
        return Stretch(timezone.make_aware(begins), timezone.make_aware(after))
