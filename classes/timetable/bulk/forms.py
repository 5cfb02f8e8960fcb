"""Form that changes many lessons alike. Empty fields leave the lessons unchanged."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.queries import active_people, unarchived_groups
from classes.choices import ClassType, RecordType
from classes.conflicts.detection import BookingConflict
from classes.conflicts.guard import BookingConflictError
from classes.lessons.forms.doubts import DoubtForm
from classes.lessons.forms.fields import PeopleField, PersonField, PersonOption, person_options, set_choices
from classes.lessons.forms.lesson import STAFF_ROLES
from classes.lessons.forms.password import PasswordForm
from classes.lessons.forms.settings import UNCHANGED, BulkSettingsForm, changed_settings
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Lesson
from classes.timetable.bulk.services import (
    MAX_LESSONS,
    BulkEdit,
    BulkPreview,
    edit_digests,
    edit_lessons,
    preview_edit,
)
from console.concurrency import Conflict
from console.confirmation import ConfirmationNeeded
from console.jobs.models import Job
from console.policy.edit_forms import parse_digests

RECORD_TYPE_SETS = {
    "local": [RecordType.LOCAL],
    "remote": [RecordType.REMOTE],
    "both": [RecordType.LOCAL, RecordType.REMOTE],
}
#: Form field by the field name in a service's error, where they differ.
FORM_FIELD_NAMES = {"starts_at": "days", "ends_at": "length", "students": "add"}
#: Maximum length of the digests that the page posts back.
MAX_SEEN_CHARS = 250 * MAX_LESSONS


class BulkEditForm(DoubtForm, PasswordForm, BulkSettingsForm):
    """Changes these lessons alike. `compute_preview` computes the result, `save` applies it."""

    seen_name = "seen"

    teacher = PersonField(
        User.objects.none(),
        label=_("Teacher"),
        to_field_name="user_id",
        empty_label=_("no change"),
        required=False,
    )
    topic = forms.CharField(label=_("Topic"), required=False, max_length=100)
    days = forms.IntegerField(
        label=_("Move by days"),
        min_value=-366,
        max_value=366,
        required=False,
        help_text=_("7 means the same day next week, -1 the day before."),
    )
    minutes = forms.IntegerField(
        label=_("Move by minutes"),
        min_value=-1439,
        max_value=1439,
        required=False,
        help_text=_("30 means half an hour later, -30 half an hour earlier."),
    )
    length = forms.IntegerField(
        label=_("New duration in minutes"), min_value=5, max_value=1440, required=False
    )
    class_type = forms.ChoiceField(
        label=_("Who may enter"), choices=(UNCHANGED, *ClassType.choices), required=False
    )
    record_types = forms.ChoiceField(
        label=_("Recording"),
        choices=(
            UNCHANGED,
            ("local", RecordType.LOCAL.label),
            ("remote", RecordType.REMOTE.label),
            ("both", _("on the teacher's computer and in the cloud")),
        ),
        required=False,
    )
    add = PeopleField(_("Add members"))
    remove = PeopleField(_("Remove members"))
    join = forms.ModelMultipleChoiceField(
        StudentGroup.objects.none(),
        label=_("Add groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their students are added, and the lessons follow the group from then on."),
    )
    leave = forms.ModelMultipleChoiceField(
        StudentGroup.objects.none(),
        label=_("Remove groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Students who were added through these groups are removed. Students who were added "
            "by hand or through another group stay."
        ),
    )
    conflict_reason = forms.CharField(
        label=_("Reason for allowing the conflicts"), max_length=300, required=False
    )

    def __init__(
        self, *args: Any, school: Enterprise, lessons: Sequence[Lesson], by: User, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.school, self.lessons, self.by = school, lessons, by
        self.preview: BulkPreview | None = None
        self.conflicts: list[BookingConflict] = []
        current_members = User.objects.filter(
            memberships__lesson__in=[one.pk for one in lessons], enterprise=school
        ).distinct()
        self.offered: dict[str, Any] = {
            "teacher": active_people(school.pk, *TEACHING_ROLES),
            "add": active_people(school.pk, Role.STUDENT, *STAFF_ROLES),
            "remove": current_members.order_by("sort_name", "nickname", "id"),
            "join": unarchived_groups(school.groups.order_by("sort_name", "id")),
            "leave": school.groups.filter(lessons__in=lessons).distinct().order_by("sort_name", "id"),
        }
        for name, rows in self.offered.items():
            set_choices(self.fields[name], rows)

    @property
    def edit(self) -> BulkEdit:
        data = self.cleaned_data
        fields: dict[str, Any] = {
            name: data[name] for name in ("topic", "teacher", "class_type") if data[name]
        }
        fields |= changed_settings(data)
        if data["record_types"]:
            fields["record_types"] = sorted(str(one) for one in RECORD_TYPE_SETS[data["record_types"]])
        return BulkEdit(
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
            raise ValidationError(_("There is nothing to change. Fill in at least one field."))
        return data

    @property
    def seen_json(self) -> str:
        """Digests of the previewed values, posted back by the page (`partials/form_snapshot.html`)."""
        return json.dumps(edit_digests(self.lessons, self.edit)) if self.preview else ""

    def compute_preview(self) -> bool:
        """Compute the preview; return False if a field is invalid."""
        if not self.is_valid():
            return False
        try:
            self.preview = preview_edit(self.school, self.lessons, self.edit)
        except ValidationError as error:
            self._add_errors(error)
            return False
        self.conflicts = self.preview.conflicts
        return True

    def doubts(self) -> list[str]:
        return self.preview.doubts if self.preview else []

    def save(self) -> Job | None:
        """Return the job that reports the results, or None if the service refused."""
        try:
            return edit_lessons(
                school=self.school,
                lessons=self.lessons,
                edit=self.edit,
                by=self.by,
                conflict_reason=self.cleaned_data["conflict_reason"],
                seen=parse_digests(self.data.get(self.seen_name), most=MAX_SEEN_CHARS),
                confirmed=self.cleaned_data["confirmed"],
            )
        except BookingConflictError as conflicted:
            self.compute_preview()
            self.conflicts = conflicted.conflicts
            self.add_error("conflict_reason", conflicted)
        except ConfirmationNeeded:
            self.compute_preview()
            self.ask_about_doubts()
        except Conflict as conflict:
            self.compute_preview()
            self._add_errors(conflict)
        except ValidationError as error:
            self._add_errors(error)
        return None

    def _add_errors(self, error: ValidationError) -> None:
        for name, messages in error.update_error_dict({}).items():
            field = FORM_FIELD_NAMES.get(name, name)
            self.add_error(field if field in self.fields else None, ValidationError(messages))

    @property
    def conflicts_by_day(self) -> dict[date, list[BookingConflict]]:
        days: dict[date, list[BookingConflict]] = {}
        for one in self.conflicts:
            days.setdefault(one.day, []).append(one)
        return days

    @property
    def supports_extended_fields(self) -> bool:
        return self.school.later_fields

    def add_choices(self) -> list[PersonOption]:
        return person_options(self["add"], self.offered["add"], {}, roles=True)

    def remove_choices(self) -> list[PersonOption]:
        return person_options(self["remove"], self.offered["remove"], {}, roles=True)
