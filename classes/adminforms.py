"""The form of a lesson in the Django admin."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import active
from accounts.roles import Role
from classes import services
from classes.conflicts.booking import brought, in_words, sentence
from classes.conflicts.finding import conflicts_of, wanted_of
from classes.kinds import RecordType
from classes.models import Lesson, Member
from classes.rules import TEACHERS, check_lesson
from console.policy.adminforms import ServiceForm

#: So many conflicts are named.
NAMED = 6
HELPERS = (Role.ASSISTANT, Role.SUPERVISOR, Role.TEACHER)


class LessonForm(ServiceForm):
    """A lesson with its people, who stand in a table of their own."""

    record_types = forms.MultipleChoiceField(
        label=_("recording"),
        choices=RecordType.choices,
        initial=[RecordType.LOCAL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    students = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("students"),
        widget=FilteredSelectMultiple(_("students"), is_stacked=False),
    )
    staff = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, label=_("assistants and supervisors")
    )

    reason = forms.CharField(
        label=_("Reason to allow the conflicts"),
        max_length=300,
        required=False,
        help_text=_("Only where somebody is planned twice at a time on purpose."),
    )

    class Meta:
        model = Lesson
        fields = services.FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.school is None or "teacher" not in self.fields:
            return
        lesson = self.instance
        members = list(lesson.members.all()) if lesson.pk else []
        students = [one.user_id for one in members if one.role == Member.Role.STUDENT]
        staff = [one.user_id for one in members if one.role != Member.Role.STUDENT]
        self.initial = {**self.initial, "students": students, "staff": staff}
        fields: Any = self.fields
        fields["teacher"].queryset = self._people(TEACHERS, [lesson.teacher_id])
        fields["students"].queryset = self._people((Role.STUDENT,), students)
        fields["staff"].queryset = self._people(HELPERS, staff)

    def _people(self, roles: Iterable[Role], there: Iterable[int | None]) -> QuerySet[User]:
        """Who can be chosen; whoever is in the lesson already stays, deactivated or not."""
        chosen = Q(pk__in=active(self.school.pk, *roles)) | Q(pk__in=[pk for pk in there if pk])
        return User.objects.filter(chosen, enterprise=self.school)

    def validate_constraints(self) -> None:
        """The service's own rules say the same at the field."""

    def examine(self) -> None:
        check_lesson(self.instance)
        data = self.cleaned_data
        stored = Lesson.objects.filter(pk=self.instance.pk).first()
        found = conflicts_of(wanted_of(self.instance, data.get("students"), data.get("staff")))
        new = brought(wanted_of(stored) if stored else None, found)
        if new and not data["reason"].strip():
            self.add_error("reason", [sentence(new), *map(in_words, new[:NAMED])])
