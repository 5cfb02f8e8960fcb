"""The form that names all students of a lesson anew."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, StudentGroup, User
from accounts.queries import active, groups_in_use
from classes.conflicts.finding import Conflict
from classes.forms.fields import offer, students_of_ids
from classes.groups.ways import students_of
from classes.models import Lesson, Member


class MembersForm(forms.Form):
    """The students of the ticked groups and those whose ids are pasted are all whom the lesson will have."""

    groups = forms.ModelMultipleChoiceField(
        StudentGroup.objects.none(),
        label=_("All students of these groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ids = forms.CharField(
        label=_("And the students with these user ids"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("For example a column of a sheet. Spaces, commas and line breaks separate them."),
    )
    conflict_reason = forms.CharField(
        label=_("Reason to allow the conflicts"), max_length=300, required=False
    )

    def __init__(self, *args: Any, lesson: Lesson, **more: Any) -> None:
        there = lesson.members.filter(role=Member.Role.STUDENT).values_list("user__user_id", flat=True)
        more["initial"] = {"ids": "\n".join(sorted(there))} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.school = lesson.enterprise
        self.conflicts: list[Conflict] = []
        offer(self.fields["groups"], groups_in_use(self.school.groups.order_by("name", "id")))

    def clean_ids(self) -> list[User]:
        return students_of_ids(self.cleaned_data["ids"], active(self.school.pk, Role.STUDENT))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("groups") and not data.get("ids"):
            raise ValidationError(
                _("The new list is empty. Tick a group or paste user ids. To have none, change the lesson.")
            )
        return data

    def students(self) -> list[User]:
        found: Iterable[User] = (*self.cleaned_data["ids"], *students_of(self.cleaned_data["groups"]))
        return list({one.pk: one for one in found}.values())

    @property
    def conflict_days(self) -> dict[date, list[Conflict]]:
        days: dict[date, list[Conflict]] = {}
        for one in self.conflicts:
            days.setdefault(one.day, []).append(one)
        return days
