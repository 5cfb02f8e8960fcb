"""Forms of absences of teachers and of the cover for their lessons."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.queries import name_contains
from classes.lessons.forms.fields import PersonField, combine_local, time_field
from classes.models import Lesson, TeacherAbsence
from classes.timetable.cover.queries import absences_to_cover
from console.inputs.forms import BoundedDateField

#: Longest user ID.
MAX_USER_ID = 64


class AbsenceFilter(forms.Form):
    """Filter of absences by teacher and state, kept in the query string. Unknown values are ignored."""

    STATES = (("", _("all")), ("valid", _("valid")), ("open", _("needs cover")), ("revoked", _("revoked")))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def narrow(self, absences: QuerySet[TeacherAbsence]) -> QuerySet[TeacherAbsence]:
        """Return the matching absences."""
        self.is_valid()
        for word in self.cleaned_data.get("q", "").split():
            name = name_contains("teacher__nickname", word, "teacher__search_name")
            absences = absences.filter(name | Q(teacher__user_id__icontains=word))
        state = self.cleaned_data.get("state")
        if state == "open":
            return absences_to_cover(absences)
        return absences.filter(withdrawn_at__isnull=state == "valid") if state else absences


class AbsenceForm(forms.Form):
    """Who is away, and when: whole days, or with times some hours. Times are in the active zone."""

    fields: dict[str, Any]
    teacher = PersonField(
        queryset=None,
        label=_("Teacher"),
        to_field_name="user_id",
        empty_label=_("Choose a teacher"),
        error_messages={
            "required": _("Choose a teacher."),
            "invalid_choice": _("Choose a teacher of your school."),
        },
    )
    kind = forms.ChoiceField(
        label=_("Reason"),
        choices=TeacherAbsence.Kind.choices,
        initial=TeacherAbsence.Kind.SICK,
        widget=forms.RadioSelect,
    )
    day = BoundedDateField(label=_("First day"))
    end_day = BoundedDateField(
        label=_("Last day"), required=False, help_text=_("Leave empty for a single day.")
    )
    start = time_field(
        label=_("From"), required=False, help_text=_("Only if the teacher is there for part of the day.")
    )
    end = time_field(label=_("Until"), required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("Only administrators see it."),
    )

    begins_at: datetime | None = None
    ends_at: datetime | None = None

    def __init__(self, *args: Any, teachers: QuerySet[User], **more: Any) -> None:
        more["initial"] = {"day": timezone.localdate()} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.fields["teacher"].queryset = self._teachers = teachers

    @property
    def teacher_options(self) -> list[tuple[str, str]]:
        """The user ids and names of the teachers; a widget would load thousands of rows for them."""
        rows = self._teachers.values_list("user_id", "nickname")
        return [(user_id, f"{name} · {user_id}") for user_id, name in rows]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("day")
        if day is None or {"end_day", "start", "end"} & self.errors.keys():
            return data
        last, start, end = data.get("end_day") or day, data.get("start"), data.get("end")
        if last < day:
            self.add_error("end_day", _("The last day must not be before the first day."))
            return data
        try:
            self.begins_at = combine_local(day, start or time.min)
            self.ends_at = (
                combine_local(last, end) if end else combine_local(last + timedelta(days=1), time.min)
            )
        except (ValidationError, OverflowError) as error:
            self.add_error("start", error if isinstance(error, ValidationError) else _("Enter a valid date."))
            return data
        if self.ends_at <= self.begins_at:
            self.add_error("end", _("The absence must end after it starts."))
        return data

    def service_fields(self) -> dict[str, Any]:
        """Return the arguments of `enter_absence`."""
        data = {name: self.cleaned_data[name] for name in ("teacher", "kind", "note")}
        return data | {"begins_at": self.begins_at, "ends_at": self.ends_at}

    def add_service_error(self, error: ValidationError) -> None:
        """Show an error of the service at its field."""
        names = {"begins_at": "day", "ends_at": "end_day"}
        for name, messages in error.update_error_dict({}).items():
            field = names.get(name, name)
            self.add_error(field if field in self.fields else None, ValidationError(messages))


class CoverForm(forms.Form):
    """The chosen teacher of each lesson, by user id, and the teacher whom the page showed.

    `only` is a lesson (pk) that is assigned alone.
    """

    fields: dict[str, Any]

    def __init__(self, *args: Any, lessons: Sequence[Lesson], only: int | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.lessons = [one for one in lessons if only in (None, one.pk)]
        for one in self.lessons:
            for name in (f"teacher_{one.pk}", f"seen_{one.pk}"):
                self.fields[name] = forms.CharField(max_length=MAX_USER_ID, required=False)

    def choices(self, people: QuerySet[User]) -> dict[int, User]:
        """Return the chosen people by lesson; a lesson without a choice is left out.

        Raise ValidationError if nobody is chosen, or somebody who is none of `people`.
        """
        wanted = {
            one.pk: user_id for one in self.lessons if (user_id := self.cleaned_data[f"teacher_{one.pk}"])
        }
        found: Mapping[str, User] = {one.user_id: one for one in people.filter(user_id__in=wanted.values())}
        if not wanted:
            raise ValidationError(_("Choose a teacher for at least one lesson."))
        if not set(wanted.values()) <= found.keys():
            raise ValidationError(_("Choose a teacher of your school."))
        return {pk: found[user_id] for pk, user_id in wanted.items()}

    def seen(self) -> dict[int, str]:
        return {one.pk: self.cleaned_data[f"seen_{one.pk}"] for one in self.lessons}
