"""The form of a subject, its choice in the forms of courses, and the filter of courses by subject."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.people.queries import BY_NAME, active_people
from classes.lessons.forms.fields import PeopleField, PersonOption, person_options
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Subject
from classes.models.subject import initial_of
from classes.timetable.subjects.queries import unused_colour
from classes.timetable.subjects.services import TEACHERS, subject_digests
from console.policy.edit_forms import OptimisticLockMixin


class SubjectField(forms.ModelChoiceField):
    """An optional subject."""

    default_error_messages = {"invalid_choice": _("Choose a subject of your school.")}

    def __init__(self, **more: Any) -> None:
        super().__init__(Subject.objects.none(), **{"label": _("Subject"), "required": False, **more})


class CourseFilter(forms.Form):
    """Filter of the list of courses by subject, kept in the query string; without a subject there is none."""

    subject = SubjectField(empty_label=_("all"))

    def __init__(self, *args: Any, subjects: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["subject"]
        field.queryset = subjects
        self.is_valid()

    @property
    def chosen(self) -> Subject | None:
        return self.cleaned_data.get("subject")


class SubjectForm(OptimisticLockMixin, forms.Form):
    """Name, colour and teachers of `subject`, which is the stored one or a new one of its school."""

    fields: dict[str, Any]
    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"),
        max_length=60,
        error_messages={"required": _("Enter a name for the subject.")},
    )
    colour = forms.TypedChoiceField(
        label=_("Colour"),
        choices=Subject.Colour.choices,
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("In the timetable, the first letter of the subject stands beside the colour."),
    )
    teachers = PeopleField(
        _("Teachers"),
        help_text=_(
            "Who teaches this subject. For cover, they are proposed after the teachers of the same course."
        ),
    )

    def __init__(self, *args: Any, subject: Subject, **more: Any) -> None:
        self.instance = subject
        present = subject.teachers.all() if subject.pk else User.objects.none()
        colour = subject.colour or unused_colour(subject.enterprise)
        offered = {"name": subject.name, "colour": colour}
        offered[TEACHERS] = list(present.values_list("user_id", flat=True))
        super().__init__(*args, **more | {"initial": offered})
        active = active_people(subject.enterprise_id, *TEACHING_ROLES)
        self.people: QuerySet[User] = User.objects.filter(
            Q(pk__in=active.order_by().values("pk")) | Q(pk__in=present.order_by().values("pk")),
            enterprise=subject.enterprise_id,
        ).order_by(*BY_NAME)
        self.fields[TEACHERS].queryset = self.people

    def stored_values(self) -> dict[str, str]:
        return subject_digests(self.instance) if self.instance.pk else {}

    def teacher_choices(self) -> list[PersonOption]:
        return person_options(self[TEACHERS], self.people, {}, roles=True)

    def swatches(self) -> list[tuple[int, Any, str, bool]]:
        """Return number, name and letter of each colour, and whether it is chosen."""
        chosen, subject = str(self["colour"].value()), self["name"].value()
        letter = initial_of(str(subject)) if subject else ""
        return [(hue, name, letter or str(hue), str(hue) == chosen) for hue, name in Subject.Colour.choices]

    def service_fields(self) -> dict[str, Any]:
        """Return the arguments of the services. Call it after validation."""
        return {**self.cleaned_data, TEACHERS: list(self.cleaned_data[TEACHERS])}
