"""Forms of groups."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from accounts.models.roles import STAFF
from accounts.people import group_services
from accounts.people.grades.filters import GradeFilter
from accounts.people.group_change_conflicts import GroupChangeRefused
from accounts.people.queries import BY_NAME, active_people, search_groups
from console.concurrency import EditConflict, value_digest
from console.policy.edit_forms import OptimisticLockMixin


class Candidate(NamedTuple):
    """A row of templates/partials/picker.html."""

    user_id: str
    name: str
    chosen: bool
    note: str = ""
    groups: tuple[int, ...] = ()
    words: str = ""


class GroupFilter(GradeFilter):
    """Filters of the list of groups, kept in the query string."""

    USE = (("", _("in use")), ("archived", _("archived")), ("all", _("all")))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    show = forms.ChoiceField(label=_("State"), choices=USE, required=False)

    def narrow(self, groups: QuerySet[StudentGroup]) -> QuerySet[StudentGroup]:
        """Return the matching groups. Unknown values are ignored."""
        self.is_valid()
        show = self.cleaned_data.get("show")
        groups = search_groups(groups, self.cleaned_data.get("q", ""))
        if self.grade_chosen:
            groups = groups.filter(grade=self.grade_chosen)
        return groups if show == "all" else groups.filter(archived_at__isnull=show != "archived")


class StudentsField(forms.ModelMultipleChoiceField):
    default_error_messages = {
        "invalid_choice": _(
            "At least one of the selected people is not a student of your school. Choose from the list."
        ),
        "invalid_pk_value": _(
            "At least one of the selected people is not a student of your school. Choose from the list."
        ),
    }


def person_label(person: User) -> str:
    """Return how a chooser of staff names somebody."""
    return f"{person.nickname} ({person.user_id})"


def staff_to_choose(school: Enterprise, present: User | None) -> QuerySet[User]:
    """Return the active staff and the present person in charge."""
    people = Q(pk__in=active_people(school.pk, *STAFF)) | Q(pk=present and present.pk)
    return User.objects.filter(people, enterprise=school).order_by(*BY_NAME)


class GroupForm(OptimisticLockMixin, forms.ModelForm):
    """A group with its person in charge and students. Active students and current members can be chosen."""

    fields: dict[str, Any]
    teacher = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Teacher in charge"),
        required=False,
        empty_label=_("none"),
        error_messages={"invalid_choice": _("Choose an active staff member of your school.")},
    )
    students = StudentsField(
        User.objects.none(), label=_("Students"), required=False, to_field_name="user_id"
    )

    class Meta:
        model = StudentGroup
        fields = ("name", "grade")
        labels = {"name": _("Group name"), "grade": _("Grade")}
        error_messages = {
            "name": {"required": _("Enter a group name.")},
            "grade": {"invalid_choice": _("Choose a grade of your school.")},
        }

    def __init__(self, *args: Any, school: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.enterprise = school
        members = self.instance.students.all() if self.instance.pk else User.objects.none()
        self.initial["students"] = list(members.values_list("user_id", flat=True))
        self.fields["grade"].queryset = Grade.objects.filter(enterprise=school)
        self.fields["grade"].empty_label = _("none")
        present = self.instance.teacher if self.instance.pk else None
        self.initial["teacher"] = present and present.pk
        self.fields["teacher"].queryset = staff_to_choose(school, present)
        self.fields["teacher"].label_from_instance = person_label
        self.fields["students"].queryset = User.objects.filter(
            Q(pk__in=active_people(school.pk, Role.STUDENT)) | Q(pk__in=members), enterprise=school
        ).order_by(*BY_NAME)

    def stored_values(self) -> dict[str, str]:
        return group_services.group_digests(self.instance) if self.instance.pk else {}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        alike = StudentGroup.objects.filter(enterprise=self.instance.enterprise, name=name)
        if alike.exclude(pk=self.instance.pk).exists():
            raise ValidationError(group_services.GROUP_NAME_TAKEN, "taken")
        return name

    def candidates(self) -> list[Candidate]:
        """Return everyone who can be chosen, members first."""
        chosen = set(self["students"].value() or ())
        rows = self.fields["students"].queryset.values_list("user_id", "nickname", "search_name")
        candidates = [Candidate(one, name, one in chosen, words=words) for one, name, words in rows]
        return sorted(candidates, key=lambda candidate: not candidate.chosen)

    def moves(self) -> tuple[set[int], set[int]]:
        """Return the primary keys of students who join and leave; empty if the editor changed none."""
        old, new = self._students(), self._selected_students()
        if value_digest(new) == self.seen.get("students"):
            return set(), set()
        return new - old, old - new

    def has_student_conflict(self) -> bool:
        """Return whether the students were changed concurrently, and add the error to the field."""
        old, new = self._students(), self._selected_students()
        before = self.seen.get("students", value_digest(old))
        clash = before != value_digest(old) and value_digest(new) not in (before, value_digest(old))
        if clash:
            self.refuse(EditConflict(StudentGroup, {"students": old}))
        return clash

    def refresh_students_digest(self) -> None:
        """Update the digest to the current students, which the next page shows."""
        self._reported["students"] = value_digest(self._students())

    def _students(self) -> set[int]:
        return set(self.instance.entries.values_list("student_id", flat=True)) if self.instance.pk else set()

    def _selected_students(self) -> set[int]:
        return {person.pk for person in self.cleaned_data["students"]}

    def save_by(
        self, by: User, excluded_lessons: Collection[int] = (), reason: str = ""
    ) -> StudentGroup | None:
        """Save the group and return it, or None if the service raised a ValidationError.

        Raise GroupChangeRefused for conflicts without a reason. See `save_group` for `excluded_lessons`.
        """
        try:
            return group_services.save_group(
                group=self.instance,
                by=by,
                seen=self.seen if self.instance.pk else None,
                excluded_lessons=excluded_lessons,
                conflict_reason=reason,
                **self.cleaned_data,
            )
        except GroupChangeRefused:
            raise
        except ValidationError as error:
            self.refuse(error)
            return None
