"""A group and its students."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.queries import active


class Candidate(NamedTuple):
    """A line of templates/partials/picker.html."""

    user_id: str
    name: str
    chosen: bool
    note: str = ""
    groups: tuple[int, ...] = ()


class StudentsField(forms.ModelMultipleChoiceField):
    default_error_messages = {
        "invalid_choice": _("One of the chosen people is no student of your school. Choose from the list."),
        "invalid_pk_value": _("One of the chosen people is no student of your school. Choose from the list."),
    }


class GroupForm(forms.ModelForm):
    """Students are picked from a list: everybody active, and who is in the group already."""

    students = StudentsField(
        User.objects.none(), label=_("Students"), required=False, to_field_name="user_id"
    )

    class Meta:
        model = StudentGroup
        fields = ("name",)
        labels = {"name": _("Name of the group")}
        error_messages = {"name": {"required": _("Write the name of the group.")}}

    def __init__(self, *args: Any, school: Enterprise, **more: Any) -> None:
        super().__init__(*args, **more)
        self.instance.enterprise = school
        here = self.instance.students.all() if self.instance.pk else User.objects.none()
        self.initial["students"] = list(here.values_list("user_id", flat=True))
        self.fields["students"].queryset = User.objects.filter(
            Q(pk__in=active(school.pk, Role.STUDENT)) | Q(pk__in=here), enterprise=school
        ).order_by("nickname", "id")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        alike = StudentGroup.objects.filter(enterprise=self.instance.enterprise, name=name)
        if alike.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Your school has a group of this name. Choose another name."), "taken")
        return name

    def candidates(self) -> list[Candidate]:
        """Everybody who may be picked, those of the group first."""
        chosen = set(self["students"].value() or ())
        rows = self.fields["students"].queryset.values_list("user_id", "nickname")
        lines = [Candidate(user_id, name, user_id in chosen) for user_id, name in rows]
        return sorted(lines, key=lambda line: not line.chosen)

    def moves(self) -> tuple[set[int], set[int]]:
        """Who would come into the group and who would leave it, by pk."""
        had = set(self.instance.entries.values_list("student_id", flat=True)) if self.instance.pk else set()
        wanted = {student.pk for student in self.cleaned_data["students"] if student.role == Role.STUDENT}
        return wanted - had, had - wanted

    def save_by(self, by: User, leave: Collection[int] = ()) -> StudentGroup | None:
        """The group, saved; None where a rule of ours refused. `leave` as in `services.save_group`."""
        try:
            return services.save_group(
                group=self.instance, students=self.cleaned_data["students"], by=by, leave=leave
            )
        except ValidationError as error:
            self.add_error(None, " ".join(error.messages))
            return None
