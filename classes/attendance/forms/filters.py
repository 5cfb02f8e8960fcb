"""Filters of the lists of appeals and leave, kept in the query string. Unknown values are ignored."""

from datetime import datetime, time, timedelta

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.people.grades.filters import GradeFilter
from accounts.people.grades.queries import students_of_grade
from accounts.people.queries import name_contains
from classes.models import Appeal, Leave
from console.inputs.forms import BoundedDateField


class PersonFilter(GradeFilter):
    """Base of filters of rows with a `person`, by grade and by `q`.

    Each word of `q` is in the name, its pinyin or the user ID.
    """

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def about_person(self) -> Q:
        """Return the condition. Call it after validation."""
        condition = Q()
        for word in self.cleaned_data.get("q", "").split():
            name = name_contains("person__nickname", word, "person__search_name")
            condition &= name | Q(person__user_id__icontains=word)
        if self.grade_chosen:
            condition &= Q(person__in=students_of_grade(self.grade_chosen))
        return condition


class AppealFilter(PersonFilter):
    """Filter of appeals by student and state."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("all")), *Appeal.State.choices], required=False
    )

    def narrow(self, appeals: QuerySet[Appeal]) -> QuerySet[Appeal]:
        """Return the matching appeals."""
        self.is_valid()
        appeals = appeals.filter(self.about_person())
        state = self.cleaned_data.get("state")
        return appeals.filter(state=state) if state else appeals


class LeaveFilter(PersonFilter):
    """Filter of leave by student, state and a day on which it holds."""

    day = BoundedDateField(label=_("Day"), required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("all")), *Leave.State.choices], required=False
    )

    def narrow(self, leaves: QuerySet[Leave]) -> QuerySet[Leave]:
        """Return the matching leave; the day is one in the active time zone."""
        self.is_valid()
        leaves = leaves.filter(self.about_person())
        if state := self.cleaned_data.get("state"):
            leaves = leaves.filter(state=state)
        if day := self.cleaned_data.get("day"):
            midnight = timezone.make_aware(datetime.combine(day, time.min))
            next_midnight = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
            leaves = leaves.filter(begins_at__lt=next_midnight, ends_at__gt=midnight)
        return leaves
