"""Admin form of a lesson."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.roles import Role
from accounts.people.queries import active_people
from classes.choices import RecordType
from classes.conflicts.detection import build_booking_request, find_conflicts
from classes.conflicts.guard import describe_conflict, new_conflicts, summarize_conflicts
from classes.lessons.edit_digests import current_digests
from classes.lessons.fields import COLUMN_NAMES
from classes.lessons.validation import TEACHING_ROLES, check_lesson
from classes.models import Lesson, Member
from console.policy.admin_forms import SearchableMultipleSelect, ServiceForm

#: Most conflicts that are named.
MAX_NAMED = 6
STAFF_ROLES = (Role.ASSISTANT, Role.SUPERVISOR, Role.TEACHER)


class LessonAdminForm(ServiceForm):
    """A lesson with its members, which are stored in a separate table."""

    record_types = forms.MultipleChoiceField(
        label=_("Recording"),
        choices=RecordType.choices,
        initial=[RecordType.LOCAL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    students = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("Students"),
        widget=SearchableMultipleSelect(_("students"), is_stacked=False),
    )
    staff = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, label=_("Assistants and supervisors")
    )

    reason = forms.CharField(
        label=_("Reason for allowing the conflicts"),
        max_length=300,
        required=False,
        help_text=_("Only needed if you intentionally plan a person twice at the same time."),
    )

    class Meta:
        model = Lesson
        fields = COLUMN_NAMES

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
        fields["teacher"].queryset = self._people(TEACHING_ROLES, [lesson.teacher_id])
        fields["students"].queryset = self._people((Role.STUDENT,), students)
        fields["staff"].queryset = self._people(STAFF_ROLES, staff)

    def stored_values(self) -> dict[str, str]:
        """Return the current digests, with those of the members."""
        return current_digests(self.instance) if self.instance.pk else {}

    def _people(self, roles: Iterable[Role], current: Iterable[int | None]) -> QuerySet[User]:
        """Return the people who can be chosen, and those already in the lesson even if deactivated."""
        chosen = Q(pk__in=active_people(self.school.pk, *roles)) | Q(pk__in=[pk for pk in current if pk])
        return User.objects.filter(chosen, enterprise=self.school)

    def validate_constraints(self) -> None:
        """Skip constraints: the service checks the same rules and reports them at the field."""

    def examine(self) -> None:
        check_lesson(self.instance)
        data = self.cleaned_data
        stored = Lesson.objects.filter(pk=self.instance.pk).first()
        found = find_conflicts(build_booking_request(self.instance, data.get("students"), data.get("staff")))
        new = new_conflicts(build_booking_request(stored) if stored else None, found)
        if new and not data["reason"].strip():
            self.add_error("reason", [summarize_conflicts(new), *map(describe_conflict, new[:MAX_NAMED])])
