"""The form that changes many lessons alike. What is left empty stays as it is in each lesson."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.queries import active, groups_in_use
from classes.bulk.editing import Edit, Preview, edit_lessons, preview
from classes.conflicts.booking import Conflicted
from classes.conflicts.finding import Conflict
from classes.forms.fields import Choice, PeopleField, PersonChoice, choices_of, offer
from classes.forms.lesson import HELPERS
from classes.forms.password import PasswordForm
from classes.kinds import ClassType, RecordType
from classes.models import Lesson
from classes.rules import TEACHERS
from console.jobs.models import Job

STAYS = ("", _("stays as it is"))
SWITCH = (STAYS, ("yes", _("on")), ("no", _("off")))
RECORDED = {
    "local": [RecordType.LOCAL],
    "remote": [RecordType.REMOTE],
    "both": [RecordType.LOCAL, RecordType.REMOTE],
}
#: Where a rule's word for a field differs from the form's.
OF_RULE = {"starts_at": "days", "ends_at": "length", "students": "add"}
#: Numbers of which 0 means that there is none.
OR_NONE = ("max_on_mic", "capacity")


class ManyForm(PasswordForm):
    """Changes these lessons alike. `look` reckons what it would do, `save` does it."""

    teacher = PersonChoice(
        User.objects.none(),
        label=_("Teacher"),
        to_field_name="user_id",
        empty_label=_("stays as it is"),
        required=False,
    )
    topic = forms.CharField(label=_("Topic"), required=False, max_length=100)
    days = forms.IntegerField(
        label=_("Move by days"),
        min_value=-366,
        max_value=366,
        required=False,
        help_text=_("7 is the same day a week later, -1 the day before."),
    )
    minutes = forms.IntegerField(
        label=_("Move by minutes"),
        min_value=-1439,
        max_value=1439,
        required=False,
        help_text=_("30 is half an hour later, -30 half an hour earlier."),
    )
    length = forms.IntegerField(label=_("New length in minutes"), min_value=5, max_value=1440, required=False)
    class_type = forms.ChoiceField(
        label=_("Who may enter"), choices=(STAYS, *ClassType.choices), required=False
    )
    record_types = forms.ChoiceField(
        label=_("Recording"),
        choices=(
            STAYS,
            ("local", RecordType.LOCAL.label),
            ("remote", RecordType.REMOTE.label),
            ("both", _("on both")),
        ),
        required=False,
    )
    auto_open_mic = forms.ChoiceField(label=_("Microphone on at entry"), choices=SWITCH, required=False)
    auto_open_camera = forms.ChoiceField(label=_("Camera on at entry"), choices=SWITCH, required=False)
    bitrate = forms.IntegerField(
        label=_("Bit rate of the video, kbit/s"), min_value=100, max_value=10_000, required=False
    )
    max_on_mic = forms.IntegerField(
        label=_("Most people on the microphone"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("0 takes the limit away."),
    )
    capacity = forms.IntegerField(
        label=_("Most people in the room"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=_("0 takes the limit away."),
    )
    add = PeopleField(_("Also expect"))
    remove = PeopleField(_("Expect no longer"))
    join = forms.ModelMultipleChoiceField(
        StudentGroup.objects.none(),
        label=_("Also expect the groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their students come, and the lessons follow the group from then on."),
    )
    leave = forms.ModelMultipleChoiceField(
        StudentGroup.objects.none(),
        label=_("Expect the groups no longer"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who came by such a group goes; who was added by hand or comes by another one stays."),
    )
    conflict_reason = forms.CharField(
        label=_("Reason to allow the conflicts"), max_length=300, required=False
    )

    def __init__(
        self, *args: Any, school: Enterprise, lessons: Sequence[Lesson], by: User, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.school, self.lessons, self.by = school, lessons, by
        self.preview: Preview | None = None
        self.conflicts: list[Conflict] = []
        there = User.objects.filter(
            memberships__lesson__in=[one.pk for one in lessons], enterprise=school
        ).distinct()
        self.offered: dict[str, Any] = {
            "teacher": active(school.pk, *TEACHERS),
            "add": active(school.pk, Role.STUDENT, *HELPERS),
            "remove": there.order_by("nickname", "id"),
            "join": groups_in_use(school.groups.order_by("name", "id")),
            "leave": school.groups.filter(lessons__in=lessons).distinct().order_by("name", "id"),
        }
        for name, rows in self.offered.items():
            offer(self.fields[name], rows)

    @property
    def edit(self) -> Edit:
        data = self.cleaned_data
        fields: dict[str, Any] = {
            name: data[name] for name in ("topic", "teacher", "class_type", "bitrate") if data[name]
        }
        fields |= {name: data[name] or None for name in OR_NONE if data[name] is not None}
        fields |= {name: data[name] == "yes" for name in ("auto_open_mic", "auto_open_camera") if data[name]}
        if data["record_types"]:
            fields["record_types"] = sorted(str(one) for one in RECORDED[data["record_types"]])
        return Edit(
            fields=fields,
            days=data["days"] or 0,
            minutes=data["minutes"] or 0,
            length=data["length"] or 0,
            add=list(data["add"]),
            remove=[one.pk for one in data["remove"]],
            join=list(data["join"]),
            leave=[one.pk for one in data["leave"]],
            password=self.new_password,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and self.edit.is_empty:
            raise ValidationError(_("Nothing is to be changed yet. Fill in at least one field."))
        return data

    def look(self) -> bool:
        """Reckon what would happen; False where a field does not hold."""
        if not self.is_valid():
            return False
        try:
            self.preview = preview(self.school, self.lessons, self.edit)
        except ValidationError as error:
            self._take(error)
            return False
        self.conflicts = self.preview.conflicts
        return True

    def save(self) -> Job | None:
        """The job that shows what became of each, or None where the service refused."""
        try:
            return edit_lessons(
                school=self.school,
                lessons=self.lessons,
                edit=self.edit,
                by=self.by,
                conflict_reason=self.cleaned_data["conflict_reason"],
            )
        except Conflicted as conflicted:
            self.look()
            self.conflicts = conflicted.conflicts
            self.add_error("conflict_reason", conflicted)
        except ValidationError as error:
            self._take(error)
        return None

    def _take(self, error: ValidationError) -> None:
        for name, found in error.update_error_dict({}).items():
            field = OF_RULE.get(name, name)
            self.add_error(field if field in self.fields else None, ValidationError(found))

    @property
    def conflict_days(self) -> dict[date, list[Conflict]]:
        days: dict[date, list[Conflict]] = {}
        for one in self.conflicts:
            days.setdefault(one.day, []).append(one)
        return days

    @property
    def knows_later(self) -> bool:
        return self.school.later_fields

    def add_choices(self) -> list[Choice]:
        return choices_of(self["add"], self.offered["add"], {}, roles=True)

    def remove_choices(self) -> list[Choice]:
        return choices_of(self["remove"], self.offered["remove"], {}, roles=True)
