"""Form for scheduling lessons. The services validate again; their errors are shown at these fields."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, GroupMembership, Role, StudentGroup, User
from accounts.people.queries import active_people, number_of_students, unarchived_groups
from classes.choices import ClassType, RecordType
from classes.conflicts.detection import BookingConflict, BookingRequest, TimeSlot, find_conflicts
from classes.conflicts.foreign_lessons import close_foreign_lessons
from classes.conflicts.guard import BookingConflictError
from classes.courseware.attachments import AttachmentOwner
from classes.courseware.forms import CoursewareForm
from classes.lessons.fields import MAX_TOPIC_LENGTH, SETTING_NAMES
from classes.lessons.forms.doubts import LessonDoubtForm
from classes.lessons.forms.fields import (
    PeopleField,
    PersonField,
    PersonOption,
    combine_local,
    parse_student_ids,
    person_options,
    set_choices,
    time_field,
)
from classes.lessons.forms.password import PasswordForm
from classes.lessons.forms.settings import SettingsForm
from classes.lessons.groups import students_in_groups
from classes.lessons.selectable import (
    FOREIGN,
    OTHER_TEACHER,
    chooses_from_own,
    may_edit_members,
    narrow_choices,
)
from classes.lessons.services import schedule_lesson
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Lesson, LessonKey, Member
from console.concurrency import run_with_retry
from console.inputs.forms import BoundedDateField
from console.vault.secret import Secret

DEFAULT_DURATION = timedelta(minutes=45)
STAFF_ROLES = (Role.ASSISTANT, Role.SUPERVISOR, Role.TEACHER)
#: Form field by service field, where the names differ.
FORM_FIELD_NAMES = {"starts_at": "start", "ends_at": "end"}
PEOPLE_FIELDS = ("groups", "picked", "students", "ids", "staff")
PLAIN_FIELDS = ("topic", "class_type", *SETTING_NAMES)


class LessonForm(LessonDoubtForm, CoursewareForm, PasswordForm, SettingsForm):
    """Schedules a lesson. Times are in the active zone. `lesson` is set only by the change form.

    `by` limits the choices to what this person may choose; without it they are those of the school.
    """

    topic = forms.CharField(label=_("Topic"), error_messages={"required": _("Enter a topic.")})
    teacher = PersonField(
        User.objects.none(),
        label=_("Teacher"),
        to_field_name="user_id",
        empty_label=_("Choose a teacher"),
        error_messages={
            "required": _("Choose a teacher."),
            "invalid_choice": _("Choose a teacher of your school."),
        },
    )
    day = BoundedDateField(label=_("Day"))
    start = time_field(label=_("Starts"))
    end = time_field(label=_("Ends"))
    class_type = forms.ChoiceField(
        label=_("Who may enter"), choices=ClassType.choices, initial=ClassType.SMALL
    )
    groups = forms.ModelMultipleChoiceField(StudentGroup.objects.none(), label=_("Groups"), required=False)
    #: Set by the script: the ticked students decide, not the groups.
    picked = forms.BooleanField(required=False, widget=forms.HiddenInput)
    students = PeopleField(_("Students"))
    ids = forms.CharField(
        label=_("Or paste user IDs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "For example, a column from a spreadsheet. Separate them with spaces, commas or line breaks."
        ),
    )
    staff = PeopleField(_("Assistants and supervisors"))
    record_types = forms.MultipleChoiceField(
        label=_("Recording"),
        choices=RecordType.choices,
        initial=[RecordType.LOCAL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    end_day = BoundedDateField(
        label=_("Last day"), required=False, help_text=_("Only for lessons that end after midnight.")
    )
    conflict_reason = forms.CharField(
        label=_("Reason for allowing the conflicts"), max_length=300, required=False
    )

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    MORE: tuple[str, ...] = (*SETTING_NAMES, "end_day", "password")

    def __init__(
        self,
        *args: Any,
        school: Enterprise,
        lesson: Lesson | None = None,
        like: Lesson | None = None,
        by: Any = None,
        **more: Any,
    ) -> None:
        self.school, self.lesson, self.reader = school, lesson, by
        self.is_own = chooses_from_own(by, "change" if lesson else "add")
        self.edits_people = lesson is None or by is None or may_edit_members(by, lesson)
        self.conflicts: list[BookingConflict] = []
        model = lesson or like
        self.rules = like.rules if like else None
        new = {**_default_times(), "record_types": school.default_record_types}
        more["initial"] = (initial_values(model) if model else new) | (more.get("initial") or {})
        if like and not lesson:
            more["initial"]["day"] = _next_same_weekday(more["initial"]["day"])
            more["initial"].pop("end_day")
        if self.is_own:
            more["initial"]["teacher"] = by.user_id
        super().__init__(*args, **more)
        offered: dict[str, QuerySet[Any]] = {
            "teacher": self._people(TEACHING_ROLES, teacher=True),
            "students": self._people((Role.STUDENT,), Member.Role.STUDENT),
            "staff": self._people(STAFF_ROLES, Member.Role.ASSISTANT, Member.Role.SUPERVISOR),
            "groups": self._groups(),
        }
        self.offered = narrow_choices(offered, by, lesson) if self.is_own else offered
        self.hide_no_password()
        self.offer_courseware(self._template_owner(like))
        self._set_choices()

    def _set_choices(self) -> None:
        for name, rows in self.offered.items():
            field: Any = self.fields[name]
            set_choices(field, rows)
            if self.is_own:
                field.error_messages["invalid_choice"] = OTHER_TEACHER if name == "teacher" else FOREIGN
                field.empty_label = None
        if not self.edits_people:
            for name in PEOPLE_FIELDS:
                del self.fields[name]

    def _template_owner(self, like: Lesson | None) -> AttachmentOwner | None:
        return like

    def _groups(self) -> QuerySet[StudentGroup]:
        """Return the groups in use, and those already chosen even if archived."""
        groups = self.school.groups.annotate(size=number_of_students()).order_by("sort_name", "id")
        return unarchived_groups(groups, and_chosen=self._current_groups())

    def _current_groups(self) -> Any:
        return self.lesson.groups.values("pk") if self.lesson else ()

    def _people(self, roles: Iterable[Role], *member_roles: str, teacher: bool = False) -> QuerySet[User]:
        """Return the people who can be chosen, and those already in the lesson even if deactivated."""
        people = active_people(self.school.pk, *roles)
        if self.lesson is None:
            return people
        stays = Q(memberships__lesson=self.lesson, memberships__role__in=member_roles)
        current = User.objects.filter(Q(pk=self.lesson.teacher_id) if teacher else stays)
        chosen = Q(pk__in=people.values("pk")) | Q(pk__in=current.values("pk"))
        return User.objects.filter(chosen, enterprise=self.school).order_by("sort_name", "nickname", "id")

    def clean_topic(self) -> str:
        topic: str = self.cleaned_data["topic"]
        if len(topic) > MAX_TOPIC_LENGTH:
            message = _("The topic has %(has)d characters. Shorten it to at most %(most)d.")
            raise ValidationError(message, params={"most": MAX_TOPIC_LENGTH, "has": len(topic)})
        return topic

    def clean_ids(self) -> list[User]:
        """Return the students whose ids were pasted; the error names all unknown ids."""
        return parse_student_ids(self.cleaned_data["ids"], self.offered["students"], own=self.is_own)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts = self._moment("start", data.get("day"), data.get("start"))
        ends = self._moment("end", data.get("end_day") or data.get("day"), data.get("end"))
        if starts and ends:
            unchanged = self.lesson is not None and self.lesson.ends_at == ends
            if ends <= starts:
                self.add_error("end", _("The end must be after the start."))
            elif ends < timezone.now() and not unchanged:
                self.add_error("end", _("The end is in the past. Choose a later time."))
        self.starts_at, self.ends_at = starts, ends
        return data

    def _moment(self, field: str, day: date | None, clock: time | None) -> datetime | None:
        if day is None or clock is None:
            return None
        try:
            return combine_local(day, clock)
        except ValidationError as error:
            self.add_error(field, error)
            return None

    @property
    def starts_in_past(self) -> bool:
        return self.starts_at is not None and self.starts_at < timezone.now()

    def check_conflicts(self) -> None:
        """Set the conflicts of the teacher, the times and the people that are valid so far."""
        self.is_valid()
        data = self.cleaned_data
        teacher, starts, ends = data.get("teacher"), self.starts_at, self.ends_at
        if not (teacher and starts and ends and starts < ends):
            return
        people = [*data.get("students", ()), *data.get("ids", ())]
        if "picked" in data and "groups" in data:
            people += self._students_of_new_groups()
        staff = data.get("staff", ())
        request = BookingRequest(
            school=self.school,
            slots=[TimeSlot(starts, ends)],
            teacher=teacher,
            assistants=[one.pk for one in staff if one.role != Role.SUPERVISOR],
            students=[one.pk for one in people],
            class_type=data.get("class_type") or ClassType.SMALL,
            capacity=data.get("capacity") or 0,
            excluded=[self.lesson.pk] if self.lesson else [],
            course=self.lesson.course_id if self.lesson else None,
        )
        self.conflicts = close_foreign_lessons(find_conflicts(request), self.reader)

    def save(self, *, by: User) -> Lesson | None:
        """Return the saved lesson, or None if the service refused it; the errors are then on the form."""
        data = self.cleaned_data
        fields: dict[str, Any] = {name: data[name] for name in ("teacher", *PLAIN_FIELDS)}
        fields |= {"starts_at": self.starts_at, "ends_at": self.ends_at}
        fields["record_types"] = sorted(fields["record_types"]) or [RecordType.LOCAL]
        people = self._chosen_people() if self.edits_people else {}
        people["conflict_reason"] = data["conflict_reason"]
        people["password"] = self.new_lesson_password if self.lesson is None else self.new_password
        try:
            return self._save_lesson(by, **people, **fields)
        except BookingConflictError as conflicted:
            self.conflicts = close_foreign_lessons(conflicted.conflicts, self.reader)
            self.add_error("conflict_reason", conflicted)
            return None
        except ValidationError as error:
            self._add_errors(error)
            return None

    def _chosen_people(self) -> dict[str, Any]:
        data = self.cleaned_data
        students = {one.pk: one for one in (*data["students"], *data["ids"], *self._students_of_new_groups())}
        chosen = {name: list(data[name]) for name in ("staff", "groups")}
        return {"students": list(students.values()), **chosen}

    def _save_lesson(self, by: User, **values: Any) -> Lesson:
        return run_with_retry(lambda: self._schedule(by, **values))

    def _schedule(self, by: User, **values: Any) -> Lesson:
        lesson = schedule_lesson(by=by, rules=self.rules, **values)
        self.copy_courseware(lesson, by)
        return lesson

    @property
    def new_lesson_password(self) -> str | None:
        """Password of a new lesson: the typed one, or that of the lesson the form was prefilled from."""
        like: Secret | None = self.initial.get("password")
        return like.reveal() if self.new_password is None and like else self.new_password

    def _students_of_new_groups(self) -> Iterable[User]:
        """Return the students of newly ticked groups if the page ran without script."""
        if self.cleaned_data["picked"]:
            return ()
        current = set(self.lesson.groups.values_list("pk", flat=True)) if self.lesson else set()
        return students_in_groups(group for group in self.cleaned_data["groups"] if group.pk not in current)

    def _add_errors(self, error: ValidationError) -> None:
        for name, found in error.update_error_dict({}).items():
            field = FORM_FIELD_NAMES.get(name, name)
            self.add_error(field if field in self.fields else None, ValidationError(found))

    @property
    def conflicts_by_day(self) -> dict[date, list[BookingConflict]]:
        days: dict[date, list[BookingConflict]] = {}
        for one in self.conflicts:
            days.setdefault(one.day, []).append(one)
        return days

    @property
    def expand_more(self) -> bool:
        return any(self[name].errors for name in self.MORE)

    @property
    def supports_extended_fields(self) -> bool:
        """Whether the API accepts an assistant, a password and a capacity."""
        return self.school.later_fields

    def student_choices(self) -> list[PersonOption]:
        groups: dict[int, list[int]] = defaultdict(list)
        entries = GroupMembership.objects.filter(group__enterprise=self.school)
        for student, group in entries.values_list("student_id", "group_id"):
            groups[student].append(group)
        return person_options(self["students"], self.offered["students"], groups, roles=False)

    def staff_choices(self) -> list[PersonOption]:
        return person_options(self["staff"], self.offered["staff"], {}, roles=True)


def initial_values(lesson: Lesson) -> dict[str, Any]:
    """Return the initial values of the form for a lesson."""
    starts, ends = timezone.localtime(lesson.starts_at), timezone.localtime(lesson.ends_at)
    members = lesson.members.values_list("user__user_id", "role")
    return {name: getattr(lesson, name) for name in PLAIN_FIELDS} | {
        "teacher": lesson.teacher.user_id,
        "password": stored_password(lesson),
        "day": starts.date(),
        "start": starts.time(),
        "end": ends.time(),
        "end_day": ends.date() if ends.date() != starts.date() else None,
        "groups": [str(pk) for pk in lesson.groups.values_list("pk", flat=True)],
        "students": [user_id for user_id, role in members if role == Member.Role.STUDENT],
        "staff": [user_id for user_id, role in members if role != Member.Role.STUDENT],
    }


def stored_password(lesson: Lesson | None) -> Secret | None:
    """Return the sealed password of a lesson as an initial value."""
    key = LessonKey.objects.filter(lesson=lesson).first() if lesson else None
    return key.password if key else None


def _default_times() -> dict[str, Any]:
    """Return the next full hour with the default duration."""
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"day": start.date(), "start": start.time(), "end": (start + DEFAULT_DURATION).time()}


def _next_same_weekday(day: date) -> date:
    """Return the next date after today with the same weekday."""
    weeks = max(1, (timezone.localdate() - day).days // 7 + 1)
    return day + timedelta(weeks=weeks)
