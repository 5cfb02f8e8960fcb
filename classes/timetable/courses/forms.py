"""Forms of a series of lessons. Services validate again; their errors are added to these fields."""

import re
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.conflicts.guard import BookingConflictError
from classes.lessons.fields import SETTING_NAMES
from classes.lessons.forms.cancel import CancelForm
from classes.lessons.forms.lesson import LessonForm, stored_password
from classes.lessons.forms.password import PasswordForm
from classes.models import Course, Lesson, Term
from classes.timetable.courses import rule_text
from classes.timetable.courses.cancellation import cancellable_lessons
from classes.timetable.courses.change_undo import change_course_revocably
from classes.timetable.courses.changes import ChangeScope, preview_change
from classes.timetable.courses.dates import Occurrence
from classes.timetable.courses.edit_merge import (
    comparable_value,
    course_digests,
    last_lesson,
    load_series,
    settings_digests,
)
from classes.timetable.courses.planning import plan_course, preview_course
from classes.timetable.subjects.forms import SubjectField
from console.concurrency import service
from console.inputs.bounds import parse_date
from console.inputs.forms import BoundedDateField
from console.policy.edit_forms import OptimisticLockMixin

#: Form field by the service's field name, where they differ.
FORM_FIELD_NAMES = {
    "title": "topic",
    "starts_local": "day",
    "duration_minutes": "end",
    "rrule": "until",
    "members": "students",
    "assistants": "staff",
    "ends_at": "end",
    "make_up_skipped": "skipped",
}
DAY_SEPARATOR = re.compile(r"[\s,;，；、]+")


class SkippedDates(TextChoices):
    """What a skipped date does to a number of lessons."""

    MADE_UP = "made_up", _("do not count: all lessons are created")
    USED_UP = "used_up", _("count: each uses up a lesson")


class CourseForm(OptimisticLockMixin, LessonForm):
    """Plans a series, or changes the given one. Times are local times of the school."""

    field_of_column = FORM_FIELD_NAMES
    end_day = None  # type: ignore[assignment]  # Django removes an inherited field that is None
    MORE = (*SETTING_NAMES, "password")
    topic = forms.CharField(
        label=_("Title"), max_length=100, error_messages={"required": _("Enter a title for the course.")}
    )
    day = BoundedDateField(label=_("First day"))
    weekdays = forms.MultipleChoiceField(
        label=_("Repeats on"),
        choices=rule_text.WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("If none is selected: the weekday of the first day."),
    )
    every = forms.IntegerField(
        label=_("Repeat every (weeks)"), min_value=1, max_value=26, initial=1, required=False
    )
    until = BoundedDateField(label=_("Last day (included)"), required=False)
    term = forms.ModelChoiceField(
        Term.objects.none(),
        label=_("Term"),
        required=False,
        empty_label=_("no term"),
        help_text=_(
            "Its holidays are skipped, too. If you enter no end, the course continues until the "
            "end of the term."
        ),
    )
    subject = SubjectField(empty_label=_("no subject"))
    count = forms.IntegerField(
        label=_("Or number of lessons"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("Without an end and a term, only one lesson is created."),
    )
    skipped = forms.ChoiceField(
        label=_("Skipped days and holidays"),
        choices=SkippedDates.choices,
        initial=SkippedDates.MADE_UP,
        required=False,
        help_text=_("Applies if you enter a number of lessons."),
    )
    skip = forms.CharField(
        label=_("Days to skip"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "2027-04-05, 2027-05-01"}),
        help_text=_("In addition to the holidays of the school and the term."),
    )
    scope = forms.ChoiceField(
        label=_("What to change"), choices=ChangeScope.choices, required=False, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: Any,
        course: Course | None = None,
        from_lesson: Lesson | None = None,
        like: Course | None = None,
        **more: Any,
    ) -> None:
        self.course, self.from_lesson, self.model = course, from_lesson, like
        self.sentence, self.dates = "", list[Occurrence]()
        if course:
            more["initial"] = _course_initial(course, from_lesson) | (more.get("initial") or {})
        elif like:
            more["initial"] = _copy_initial(like) | (more.get("initial") or {})
        super().__init__(*args, **more)
        terms: Any = self.fields["term"]
        selectable = Q(ends_on__gte=timezone.localdate()) | Q(pk=course.term_id if course else None)
        terms.queryset = Term.objects.filter(selectable, enterprise=self.school)
        subjects: Any = self.fields["subject"]
        subjects.queryset = self.school.subjects.all()
        if not course or not from_lesson:
            del self.fields["scope"]

    def stored_values(self) -> dict[str, str]:
        return course_digests(self.course) | settings_digests(self.course) if self.course else {}

    def _template_owner(self, like: Lesson | None) -> Course | None:
        return self.model

    def _current_groups(self) -> Any:
        return self.course.groups.values("pk") if self.course else ()

    def clean(self) -> dict[str, Any]:
        data = PasswordForm.clean(self)
        if not data.get("day") or not data.get("start") or not data.get("end"):
            return data
        if data["day"] < timezone.localdate() and not self.course:
            self.add_error("day", _("This day is in the past. Choose a later one."))
        if data.get("until") and data.get("count"):
            self.add_error("until", _("Choose one way to end: a last day or a number of lessons."))
        elif data.get("weekdays") and not any(data.get(name) for name in ("until", "count", "term")):
            self.add_error("until", _("Enter an end for the course: a last day or a number of lessons."))
        return data

    def clean_skip(self) -> list[date]:
        found = []
        for word in filter(None, DAY_SEPARATOR.split(self.cleaned_data["skip"])):
            try:
                found.append(parse_date(word))
            except ValueError:
                raise ValidationError(
                    _("“%(day)s” is not a date. Enter dates as 2027-04-05."), params={"day": word[:40]}
                ) from None
        return found

    def compute_preview(self) -> bool:
        """Compute the sentence, the dates and the conflicts; return False if a field is invalid."""
        if not self.is_valid():
            return False
        try:
            if self.course:
                plan: Any = preview_change(self.course, **self._place(), **self._changed())
            else:
                plan = preview_course(**self.service_fields())
        except ValidationError as error:
            self._add_errors(error)
            return False
        self.plan, self.dates, self.conflicts = plan, plan.dates, plan.conflicts
        fields = self.service_fields()
        self.sentence = rule_text.describe_series(
            fields["rrule"], fields["starts_local"], fields["duration_minutes"], self.dates, self.school
        )
        return True

    def numbered_dates(self) -> list[tuple[Occurrence, int]]:
        """Return the dates of the preview, each with the number of its lesson; 0 for a date left out."""
        numbers = count(1)
        return [(one, 0 if one.left_out else next(numbers)) for one in self.dates]

    def save(self, *, by: User) -> Course | None:  # type: ignore[override]  # a series, not a lesson
        """Return the course, or None if a service refused; its errors are then on the fields."""
        reason = self.cleaned_data["conflict_reason"]
        try:
            if self.course:
                arguments: dict[str, Any] = {**self._place(), **self._changed(), "conflict_reason": reason}
                arguments["seen"] = self.seen
                course, self.job = change_course_revocably(course=self.course, by=by, **arguments)
                return course
            return self._plan(by, reason)
        except BookingConflictError as conflicted:
            self.compute_preview()
            self.conflicts = conflicted.conflicts
            self.add_error("conflict_reason", conflicted)
        except ValidationError as error:
            self._add_errors(error)
        return None

    @service
    def _plan(self, by: User, reason: str) -> Course:
        rules, password = self.model.rules if self.model else None, self.new_lesson_password
        course = plan_course(
            by=by, conflict_reason=reason, rules=rules, password=password, **self.service_fields()
        )
        self.copy_courseware(course, by)
        return course

    def service_fields(self) -> dict[str, Any]:
        """Return the arguments of the services."""
        data = self.cleaned_data
        first = datetime.combine(data["day"], data["start"])
        length = datetime.combine(data["day"], data["end"]) - first
        minutes = int((length % timedelta(days=1)).total_seconds() // 60)
        students = {one.pk: one for one in (*data["students"], *data["ids"])}
        return {
            "title": data["topic"],
            "teacher": data["teacher"],
            "class_type": data["class_type"],
            "term": data["term"],
            "subject": data["subject"],
            "starts_local": first,
            "duration_minutes": minutes,
            "rrule": self._rule(data),
            "skip": data["skip"],
            "make_up_skipped": (data["skipped"] or self["skipped"].initial) == SkippedDates.MADE_UP,
            "assistants": list(data["staff"]),
            "members": list(students.values()),
            "groups": list(data["groups"]),
            "settings": self._settings(data),
        }

    def _settings(self, data: dict[str, Any]) -> dict[str, Any]:
        settings = {name: data[name] for name in SETTING_NAMES}
        return settings | {"record_types": sorted(data["record_types"]) or ["local"]}

    def _rule(self, data: dict[str, Any]) -> str:
        until, term = data.get("until"), data.get("term")
        if not until and not data.get("count"):
            new_term = term and not (self.course and self.course.term_id == term.pk)
            if not new_term and not data.get("weekdays"):
                return self.course.rrule if self.course else _counted_rule(self.model)
            until = term.ends_on if term else None
        days = data.get("weekdays") or [rule_text.WEEKDAY_CODES[data["day"].weekday()]]
        return rule_text.weekly_rule(days, data.get("every") or 1, until, data.get("count"))

    def _place(self) -> dict[str, Any]:
        return {"scope": self.cleaned_data.get("scope") or ChangeScope.ALL, "lesson": self.from_lesson}

    def _changed(self) -> dict[str, Any]:
        """Return the fields that differ from the course as the editor saw it."""
        fields = self.service_fields()
        settings = self.edited(fields.pop("settings"))
        edited = self.edited({name: comparable_value(name, value) for name, value in fields.items()})
        changed = {name: value for name, value in fields.items() if name in edited}
        if settings:
            changed["settings"] = settings
        if self.new_password is not None:
            changed["password"] = self.new_password
        return changed

    def _add_errors(self, error: ValidationError) -> None:
        self.refuse(error)


class CourseCancelForm(CancelForm):
    """Cancels a series, or its lessons from `from_lesson` on."""

    scope = forms.ChoiceField(label=_("What to cancel"), widget=forms.RadioSelect)
    field_order = ("scope", "reason", "tell", "notice")

    def __init__(self, *args: Any, course: Course, from_lesson: Lesson | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.from_lesson = from_lesson
        if from_lesson is None:
            del self.fields["scope"]
            return
        field: Any = self.fields["scope"]
        field.choices = [
            (scope, f"{scope.label} ({len(cancellable_lessons(course, first))})")
            for scope, first in ((ChangeScope.FOLLOWING, from_lesson), (ChangeScope.ALL, None))
        ]
        field.initial = ChangeScope.FOLLOWING

    def service_arguments(self) -> dict[str, Any]:
        """Return the arguments of `cancel_course`."""
        data = dict(self.cleaned_data)
        return data | {"lesson": self.from_lesson if data.pop("scope", "") == ChangeScope.FOLLOWING else None}


def _course_initial(course: Course, lesson: Lesson | None = None) -> dict[str, Any]:
    """Return the initial values; whether there is a password is read from `lesson`, or the last lesson."""
    series = load_series(course)
    ends = course.starts_local + timedelta(minutes=course.duration_minutes)
    chosen = (
        rule_text.weekly_choices(course.rrule, course.starts_local, course.enterprise)
        if course.rrule
        else None
    )
    return {name: value for name, value in (series.settings or {}).items() if name in SETTING_NAMES} | {
        "topic": course.title,
        "teacher": course.teacher.user_id,
        "class_type": course.class_type,
        "term": course.term_id,
        "subject": course.subject_id,
        "day": course.starts_local.date(),
        "start": course.starts_local.time(),
        "end": ends.time(),
        "skip": ", ".join(day.isoformat() for day in course.skip),
        "skipped": SkippedDates.MADE_UP if course.make_up_skipped else SkippedDates.USED_UP,
        "groups": [str(one.pk) for one in series.groups],
        "students": [one.user_id for one in series.members],
        "staff": [one.user_id for one in series.assistants],
        "scope": ChangeScope.THIS,
        "password": stored_password(lesson or last_lesson(course)),
        **(chosen or {}),
    }


def _copy_initial(course: Course) -> dict[str, Any]:
    """Return initial values of a copy: on the same weekdays after its last lesson, with the same length."""
    initial = _course_initial(course)
    last = course.lessons.order_by("-starts_at").values_list("starts_at", flat=True).first()
    after = max(timezone.localdate(), timezone.localtime(last).date() if last else date.min)
    shift = timedelta(weeks=max(1, (after - initial["day"]).days // 7 + 1))
    until = initial.get("until")
    day = initial["day"] + shift
    over = course.term is not None and course.term.ends_on < day
    initial |= {"term": None} if over else {}
    return initial | {"day": day, "until": until + shift if until else None, "skip": ""}


def _counted_rule(course: Course | None) -> str:
    """Return the rule of a course if it has a COUNT, which suits any first day; else ''."""
    return course.rrule if course and "COUNT=" in course.rrule else ""
