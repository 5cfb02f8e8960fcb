"""Forms of the Django admin for schools, people and groups."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, Grade, StudentGroup, User
from accounts.models.roles import REGISTRABLE, Role
from accounts.people.forms.group import staff_to_choose
from accounts.people.group_services import group_digests
from accounts.people.queries import active_people
from console.policy.admin_forms import MaskedField, SearchableMultipleSelect, ServiceForm


class SchoolAdminForm(ServiceForm):
    """A school. Clearing a field that has a remote value needs a confirmation."""

    clear = forms.BooleanField(
        label=_("Also clear these fields at iclass"),
        required=False,
        help_text=_("Required when clearing a field that has a value at iclass."),
    )

    class Meta:
        model = Enterprise
        fields = ("name",)  # the admin sets the fields

    def clean(self) -> dict[str, Any]:
        """Replace `clear` with the list of fields to clear remotely."""
        data = super().clean() or {}
        observed = self.instance.observed
        edited = self.edited({name: data[name] for name in self.changed_data if name in data})
        cleared = [name for name, value in edited.items() if not value and observed.get(name)]
        if cleared and not data.get("clear"):
            for name in cleared:
                self.add_error(
                    name,
                    gettext(
                        "iclass has a value for this field. Enter it again, or tick the box at "
                        "the bottom of the page."
                    ),
                )
        data["clear"] = cleared
        return data


class PersonAdminForm(ServiceForm):
    class Meta:
        model = User
        fields = ("user_id",)  # the admin sets the fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if masked := [field for field in self.fields.values() if isinstance(field, MaskedField)]:
            masked[-1].help_text = format_html(
                '{} <a href="{}">{}</a>',
                masked[-1].help_text,
                reverse("accounts:person_contacts", args=[self.instance.pk]),
                gettext("Show phone and e-mail"),
            )
        if "role" in self.fields:
            self.fields["role"] = forms.ChoiceField(
                label=self.fields["role"].label,
                choices=[("", _("Choose a role")), *((role.value, role.label) for role in REGISTRABLE)],
            )

    def clean_user_id(self) -> str:
        user_id: str = self.cleaned_data["user_id"]
        if not user_id:
            raise ValidationError(gettext("Enter a user ID."))
        if User.objects.filter(enterprise=self.school, user_id=user_id).exists():
            raise ValidationError(
                gettext(
                    "This user ID is already used in your school. Choose another one, or edit that person."
                )
            )
        return user_id


class GroupAdminForm(ServiceForm):
    """A group and its students, who are in a separate table."""

    students = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("Students"),
        widget=SearchableMultipleSelect(_("students"), is_stacked=False),
    )
    conflict_reason = forms.CharField(
        label=_("Reason for allowing the conflicts"), max_length=300, required=False
    )

    teacher = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Teacher in charge"))

    class Meta:
        model = StudentGroup
        fields = ("name", "grade")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group = self.instance
        if "grade" in self.fields and self.school is not None:
            grade: Any = self.fields["grade"]
            grade.queryset = Grade.objects.filter(enterprise=self.school)
        if "teacher" in self.fields and self.school is not None:
            present = group.teacher if group.pk else None
            teacher: Any = self.fields["teacher"]
            teacher.queryset = staff_to_choose(self.school, present)
            self.initial["teacher"] = present
        members = group.students.all() if group.pk else User.objects.none()
        if "students" in self.fields and self.school is not None:
            choices = Q(pk__in=active_people(self.school.pk, Role.STUDENT)) | Q(pk__in=members)
            field: Any = self.fields["students"]
            field.queryset = User.objects.filter(choices)
            self.initial["students"] = members

    def stored_values(self) -> dict[str, str]:
        return group_digests(self.instance) if self.instance.pk else {}
