"""Forms of the Django admin for schools, people and groups."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, StudentGroup, User
from accounts.queries import active
from accounts.roles import REGISTRABLE, STAFF, Role
from console.policy.adminforms import ServiceForm


class SchoolForm(ServiceForm):
    """A school. Emptying what the service keeps as well is an act of its own, with a box to tick."""

    clear = forms.BooleanField(
        label=_("Empty them at the service too"),
        required=False,
        help_text=_("Needed where you empty a field of which the service holds a value."),
    )

    class Meta:
        model = Enterprise
        fields = ("name",)  # the admin names those that it shows

    def clean(self) -> dict[str, Any]:
        """`clear` becomes the list of the fields to be emptied."""
        data = super().clean() or {}
        observed = self.instance.observed
        emptied = [name for name in self.changed_data if not data.get(name, True) and observed.get(name)]
        if emptied and not data.get("clear"):
            for name in emptied:
                self.add_error(
                    name, gettext("The service holds a value. Fill it in again, or tick the box at the foot.")
                )
        data["clear"] = emptied
        return data


class PersonForm(ServiceForm):
    class Meta:
        model = User
        fields = ("user_id",)  # the admin names those that it shows

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"] = forms.ChoiceField(
                label=self.fields["role"].label,
                choices=[("", _("Choose a role")), *((role.value, role.label) for role in REGISTRABLE)],
            )

    def clean_user_id(self) -> str:
        user_id: str = self.cleaned_data["user_id"]
        if not user_id:
            raise ValidationError(gettext("Choose a user id."))
        if User.objects.filter(enterprise=self.school, user_id=user_id).exists():
            raise ValidationError(
                gettext("This user id is taken in your school. Choose another, or change that person.")
            )
        return user_id


class GroupForm(ServiceForm):
    """A group with its students, who stand in a table of their own."""

    students = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("students"),
        widget=FilteredSelectMultiple(_("students"), is_stacked=False),
    )
    conflict_reason = forms.CharField(
        label=_("Reason to allow the conflicts"), max_length=300, required=False
    )

    class Meta:
        model = StudentGroup
        fields = ("name", "teacher")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group = self.instance
        if "teacher" in self.fields and self.school is not None:
            staff = Q(pk__in=active(self.school.pk, *STAFF)) | Q(pk=group.teacher_id)
            teacher: Any = self.fields["teacher"]
            teacher.queryset = User.objects.filter(staff, enterprise=self.school)
        there = group.students.all() if group.pk else User.objects.none()
        if "students" in self.fields and self.school is not None:
            choices = Q(pk__in=active(self.school.pk, Role.STUDENT)) | Q(pk__in=there)
            field: Any = self.fields["students"]
            field.queryset = User.objects.filter(choices)
            self.initial["students"] = there
