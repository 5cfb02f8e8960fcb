"""A group and its students."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.objections import Objected
from accounts.queries import active
from accounts.roles import STAFF


class Candidate(NamedTuple):
    """A line of templates/partials/picker.html."""

    user_id: str
    name: str
    chosen: bool
    note: str = ""
    groups: tuple[int, ...] = ()


class GroupFilter(forms.Form):
    """What narrows the list of groups, kept in its address."""

    USE = (("", _("in use")), ("archived", _("archived")), ("all", _("all")))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    show = forms.ChoiceField(label=_("State"), choices=USE, required=False)

    def narrow(self, groups: QuerySet[StudentGroup]) -> QuerySet[StudentGroup]:
        """The groups that fit; a value that nobody knows narrows nothing."""
        self.is_valid()
        words, show = self.cleaned_data.get("q", "").strip(), self.cleaned_data.get("show")
        if words:
            groups = groups.filter(Q(name__icontains=words) | Q(teacher__nickname__icontains=words))
        return groups if show == "all" else groups.filter(archived_at__isnull=show != "archived")


class StudentsField(forms.ModelMultipleChoiceField):
    default_error_messages = {
        "invalid_choice": _("One of the chosen people is no student of your school. Choose from the list."),
        "invalid_pk_value": _("One of the chosen people is no student of your school. Choose from the list."),
    }


class GroupForm(forms.ModelForm):
    """Who is in charge, and the students, picked from a list: everybody active, and who is in it already."""

    students = StudentsField(
        User.objects.none(), label=_("Students"), required=False, to_field_name="user_id"
    )

    class Meta:
        model = StudentGroup
        fields = ("name", "teacher")
        labels = {"name": _("Name of the group"), "teacher": _("Teacher in charge")}
        error_messages = {
            "name": {"required": _("Write the name of the group.")},
            "teacher": {"invalid_choice": _("Choose somebody active who works for your school.")},
        }

    def __init__(self, *args: Any, school: Enterprise, **more: Any) -> None:
        super().__init__(*args, **more)
        self.instance.enterprise = school
        here = self.instance.students.all() if self.instance.pk else User.objects.none()
        self.initial["students"] = list(here.values_list("user_id", flat=True))
        self.fields["teacher"].queryset = self._staff(school)
        self.fields["teacher"].empty_label = gettext("nobody")
        self.fields["teacher"].label_from_instance = lambda one: f"{one.nickname} ({one.user_id})"
        self.fields["students"].queryset = User.objects.filter(
            Q(pk__in=active(school.pk, Role.STUDENT)) | Q(pk__in=here), enterprise=school
        ).order_by("nickname", "id")

    def _staff(self, school: Enterprise) -> QuerySet[User]:
        """Teachers first come to mind, but an administrator may be in charge too; who is now, stays."""
        people = Q(pk__in=active(school.pk, *STAFF)) | Q(pk=self.instance.teacher_id)
        return User.objects.filter(people, enterprise=school).order_by("nickname", "id")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        alike = StudentGroup.objects.filter(enterprise=self.instance.enterprise, name=name)
        if alike.exclude(pk=self.instance.pk).exists():
            raise ValidationError(services.GROUP_TAKEN, "taken")
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

    def save_by(self, by: User, leave: Collection[int] = (), reason: str = "") -> StudentGroup | None:
        """The group, saved; None where a rule of ours refused. `leave` as in `services.save_group`. Objected
        where there are objections and no reason."""
        students = self.cleaned_data["students"]
        try:
            return services.save_group(
                group=self.instance, students=students, by=by, leave=leave, conflict_reason=reason
            )
        except Objected:
            raise
        except ValidationError as error:
            at_fields = set(getattr(error, "error_dict", {"": None})) <= set(self.fields)
            self.add_error(None, error if at_fields else " ".join(error.messages))
            return None
