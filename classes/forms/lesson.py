"""What people type about lessons. The services check again; their errors land at these fields."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, GroupStudent, Role, StudentGroup, User
from accounts.queries import active, groups_in_use
from classes.conflicts.booking import Conflicted
from classes.conflicts.finding import Conflict
from classes.courseware.attaching import Owner
from classes.forms.courseware import CoursewareForm
from classes.forms.fields import (
    Choice,
    PeopleField,
    PersonChoice,
    choices_of,
    clock_field,
    day_field,
    moment,
    offer,
    students_of_ids,
)
from classes.forms.password import PasswordForm
from classes.groups.ways import students_of
from classes.kinds import ClassType, RecordType
from classes.mirror.wanted import TOPIC_LENGTH
from classes.models import Lesson, LessonKey, Member
from classes.rules import TEACHERS
from classes.services import edit_lesson, schedule_lesson
from console.vault.secret import Secret

USUAL_LENGTH = timedelta(minutes=45)
HELPERS = (Role.ASSISTANT, Role.SUPERVISOR, Role.TEACHER)
#: Where a service's word for a field differs from the form's.
OF_SERVICE = {"starts_at": "start", "ends_at": "end"}
PLAIN = (
    "topic",
    "class_type",
    "record_types",
    "auto_open_mic",
    "auto_open_camera",
    "bitrate",
    "max_on_mic",
    "capacity",
)


class LessonForm(CoursewareForm, PasswordForm):
    """Schedules a lesson, or changes the one that it is given. Times are in the active zone."""

    topic = forms.CharField(label=_("Topic"), error_messages={"required": _("Give the lesson a topic.")})
    teacher = PersonChoice(
        User.objects.none(),
        label=_("Teacher"),
        to_field_name="user_id",
        empty_label=_("Choose a teacher"),
        error_messages={
            "required": _("Choose who teaches."),
            "invalid_choice": _("Choose a teacher of your school."),
        },
    )
    day = day_field(label=_("Day"))
    start = clock_field(label=_("Starts"))
    end = clock_field(label=_("Ends"))
    class_type = forms.ChoiceField(
        label=_("Who may enter"), choices=ClassType.choices, initial=ClassType.SMALL
    )
    groups = forms.ModelMultipleChoiceField(StudentGroup.objects.none(), label=_("Groups"), required=False)
    #: Set by the script: the boxes of the people say who of the groups is expected.
    picked = forms.BooleanField(required=False, widget=forms.HiddenInput)
    students = PeopleField(_("Students"))
    ids = forms.CharField(
        label=_("Or paste user ids"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("For example a column of a sheet. Spaces, commas and line breaks separate them."),
    )
    staff = PeopleField(_("Assistants and supervisors"))
    record_types = forms.MultipleChoiceField(
        label=_("Recording"),
        choices=RecordType.choices,
        initial=[RecordType.LOCAL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    end_day = day_field(
        label=_("Last day"), required=False, help_text=_("Only for a lesson that goes on past midnight.")
    )
    auto_open_mic = forms.BooleanField(label=_("Microphone on at entry"), required=False)
    auto_open_camera = forms.BooleanField(label=_("Camera on at entry"), required=False)
    bitrate = forms.IntegerField(
        label=_("Bit rate of the video, kbit/s"), min_value=100, max_value=10_000, initial=850
    )
    max_on_mic = forms.IntegerField(
        label=_("Most people on the microphone"), min_value=1, max_value=100, required=False
    )

    capacity = forms.IntegerField(
        label=_("Most people in the room"), min_value=1, max_value=100_000, required=False
    )
    conflict_reason = forms.CharField(
        label=_("Reason to allow the conflicts"), max_length=300, required=False
    )

    MORE = (
        "record_types",
        "auto_open_mic",
        "auto_open_camera",
        "end_day",
        "bitrate",
        "max_on_mic",
        "capacity",
        "password",
    )

    def __init__(
        self,
        *args: Any,
        school: Enterprise,
        lesson: Lesson | None = None,
        like: Lesson | None = None,
        **more: Any,
    ) -> None:
        self.school, self.lesson = school, lesson
        self.conflicts: list[Conflict] = []
        model = lesson or like
        self.rules = like.rules if like else None
        more["initial"] = (words_of(model) if model else _usual()) | (more.get("initial") or {})
        if like and not lesson:
            more["initial"]["day"] = _next_such_day(more["initial"]["day"])
            more["initial"].pop("end_day")
        super().__init__(*args, **more)
        staff_roles = (Member.Role.ASSISTANT, Member.Role.SUPERVISOR)
        offered: dict[str, QuerySet[Any]] = {
            "teacher": self._people(TEACHERS, teacher=True),
            "students": self._people((Role.STUDENT,), Member.Role.STUDENT),
            "staff": self._people(HELPERS, *staff_roles),
            "groups": self._groups(),
        }
        self.offered = offered
        self._offer_no_password()
        self.offer_courseware(self._like_owner(like))
        for name, rows in offered.items():
            offer(self.fields[name], rows)

    def _like_owner(self, like: Lesson | None) -> Owner | None:
        return like

    def _offer_no_password(self) -> None:
        """There is one to take away only where there is one."""
        if "no_password" in self.fields and not self.initial.get("password"):
            del self.fields["no_password"]

    def _groups(self) -> QuerySet[StudentGroup]:
        """Groups in use; one that is chosen already stays, archived or not."""
        groups = self.school.groups.annotate(size=Count("entries")).order_by("name", "id")
        return groups_in_use(groups, and_chosen=self._groups_had())

    def _groups_had(self) -> Any:
        return self.lesson.groups.values("pk") if self.lesson else ()

    def _people(self, roles: Iterable[Role], *member_roles: str, teacher: bool = False) -> QuerySet[User]:
        """Who can be chosen; whoever is in the lesson already stays, deactivated or not."""
        people = active(self.school.pk, *roles)
        if self.lesson is None:
            return people
        stays = Q(memberships__lesson=self.lesson, memberships__role__in=member_roles)
        there = User.objects.filter(Q(pk=self.lesson.teacher_id) if teacher else stays)
        chosen = Q(pk__in=people.values("pk")) | Q(pk__in=there.values("pk"))
        return User.objects.filter(chosen, enterprise=self.school).order_by("nickname", "id")

    def clean_topic(self) -> str:
        topic: str = self.cleaned_data["topic"]
        if len(topic) > TOPIC_LENGTH:
            sentence = _("The topic may have %(most)d characters; this one has %(has)d. Shorten it.")
            raise ValidationError(sentence, params={"most": TOPIC_LENGTH, "has": len(topic)})
        return topic

    def clean_ids(self) -> list[User]:
        """The students whose ids were pasted; names every id that is nobody's."""
        return students_of_ids(self.cleaned_data["ids"], self.offered["students"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts = self._moment("start", data.get("day"), data.get("start"))
        ends = self._moment("end", data.get("end_day") or data.get("day"), data.get("end"))
        if starts and ends:
            unchanged = self.lesson is not None and self.lesson.ends_at == ends
            if ends <= starts:
                self.add_error("end", _("The lesson must end after it starts."))
            elif ends < timezone.now() and not unchanged:
                self.add_error("end", _("This end has passed. Choose a time to come."))
        self.starts_at, self.ends_at = starts, ends
        return data

    def _moment(self, field: str, day: date | None, clock: time | None) -> datetime | None:
        if day is None or clock is None:
            return None
        try:
            return moment(day, clock)
        except ValidationError as error:
            self.add_error(field, error)
            return None

    @property
    def begins_in_the_past(self) -> bool:
        return self.starts_at is not None and self.starts_at < timezone.now()

    def save(self, *, by: User) -> Lesson | None:
        """The lesson, or None where the service refused: its sentences then stand at the fields."""
        data = self.cleaned_data
        students = {one.pk: one for one in (*data["students"], *data["ids"], *self._of_new_groups())}
        fields: dict[str, Any] = {name: data[name] for name in ("teacher", *PLAIN)}
        fields |= {"starts_at": self.starts_at, "ends_at": self.ends_at}
        fields["record_types"] = sorted(fields["record_types"]) or [RecordType.LOCAL]
        people: dict[str, Any] = {"students": students.values(), "staff": list(data["staff"])}
        people["groups"] = list(data["groups"])
        people["conflict_reason"] = data["conflict_reason"]
        people["password"] = self.password_of_new if self.lesson is None else self.new_password
        try:
            if self.lesson is not None:
                return edit_lesson(lesson=self.lesson, by=by, **people, **fields)
            with transaction.atomic():
                lesson = schedule_lesson(by=by, rules=self.rules, **people, **fields)
                self.copy_courseware(lesson, by)
            return lesson
        except Conflicted as conflicted:
            self.conflicts = conflicted.conflicts
            self.add_error("conflict_reason", conflicted)
            return None
        except ValidationError as error:
            self._take(error)
            return None

    @property
    def password_of_new(self) -> str | None:
        """What a new lesson gets: what was typed, or what the one has after which the form was filled in."""
        like: Secret | None = self.initial.get("password")
        return like.reveal() if self.new_password is None and like else self.new_password

    def _of_new_groups(self) -> Iterable[User]:
        """Without script a group that is newly ticked brings all its students."""
        if self.cleaned_data["picked"]:
            return ()
        there = set(self.lesson.groups.values_list("pk", flat=True)) if self.lesson else set()
        return students_of(group for group in self.cleaned_data["groups"] if group.pk not in there)

    def _take(self, error: ValidationError) -> None:
        for name, found in error.update_error_dict({}).items():
            field = OF_SERVICE.get(name, name)
            self.add_error(field if field in self.fields else None, ValidationError(found))

    @property
    def conflict_days(self) -> dict[date, list[Conflict]]:
        """The conflicts by day."""
        days: dict[date, list[Conflict]] = {}
        for one in self.conflicts:
            days.setdefault(one.day, []).append(one)
        return days

    @property
    def more_is_open(self) -> bool:
        return any(self[name].errors for name in self.MORE)

    @property
    def knows_later(self) -> bool:
        """Whether the service takes an assistant's name, a password and a capacity."""
        return self.school.later_fields

    def student_choices(self) -> list[Choice]:
        groups: dict[int, list[int]] = defaultdict(list)
        entries = GroupStudent.objects.filter(group__enterprise=self.school)
        for student, group in entries.values_list("student_id", "group_id"):
            groups[student].append(group)
        return choices_of(self["students"], self.offered["students"], groups, roles=False)

    def staff_choices(self) -> list[Choice]:
        return choices_of(self["staff"], self.offered["staff"], {}, roles=True)


def words_of(lesson: Lesson) -> dict[str, Any]:
    """A lesson as the form shows it."""
    starts, ends = timezone.localtime(lesson.starts_at), timezone.localtime(lesson.ends_at)
    members = lesson.members.values_list("user__user_id", "role")
    return {name: getattr(lesson, name) for name in PLAIN} | {
        "teacher": lesson.teacher.user_id,
        "password": password_of(lesson),
        "day": starts.date(),
        "start": starts.time(),
        "end": ends.time(),
        "end_day": ends.date() if ends.date() != starts.date() else None,
        "groups": [str(pk) for pk in lesson.groups.values_list("pk", flat=True)],
        "students": [user_id for user_id, role in members if role == Member.Role.STUDENT],
        "staff": [user_id for user_id, role in members if role != Member.Role.STUDENT],
    }


def password_of(lesson: Lesson | None) -> Secret | None:
    """The password as a form takes it, not opened."""
    key = LessonKey.objects.filter(lesson=lesson).first() if lesson else None
    return key.password if key else None


def _usual() -> dict[str, Any]:
    """The next full hour, for as long as lessons usually take."""
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"day": start.date(), "start": start.time(), "end": (start + USUAL_LENGTH).time()}


def _next_such_day(day: date) -> date:
    """The same day of the week, the first to come."""
    today = timezone.localdate()
    weeks = max(1, (today - day).days // 7 + 1)
    return day + timedelta(weeks=weeks)
