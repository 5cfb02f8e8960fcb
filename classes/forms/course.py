"""What people type about a series of lessons. The services check again; their errors land at these fields."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.conflicts.booking import Conflicted
from classes.courses import words
from classes.courses.changing import (
    Scope,
    cancellable,
    change_course,
    last_lesson,
    preview_change,
    series_of,
)
from classes.courses.dates import Occurrence
from classes.courses.planning import plan_course, preview_course
from classes.forms.cancelling import CancelForm
from classes.forms.fields import day_field
from classes.forms.lesson import LessonForm, password_of
from classes.forms.password import PasswordForm
from classes.models import Course, Lesson, Term

#: Where a service's word for a field differs from the form's.
OF_SERVICE = {
    "title": "topic",
    "starts_local": "day",
    "duration_minutes": "end",
    "rrule": "until",
    "members": "students",
    "assistants": "staff",
    "ends_at": "end",
}
DAYS = re.compile(r"[\s,;，；、]+")
SETTINGS = ("record_types", "auto_open_mic", "auto_open_camera", "bitrate", "max_on_mic", "capacity")


class CourseForm(LessonForm):
    """Plans a series, or changes the one that it is given. Times are those of the school's wall."""

    end_day = None
    MORE = (*SETTINGS, "password")
    topic = forms.CharField(
        label=_("Title"), max_length=100, error_messages={"required": _("Give the series a title.")}
    )
    day = day_field(label=_("First day"))
    weekdays = forms.MultipleChoiceField(
        label=_("Every"),
        choices=words.WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: the weekday of the first day."),
    )
    every = forms.IntegerField(
        label=_("Every how many weeks"), min_value=1, max_value=26, initial=1, required=False
    )
    until = day_field(label=_("Last day, included"), required=False)
    term = forms.ModelChoiceField(
        Term.objects.none(),
        label=_("Term"),
        required=False,
        empty_label=_("no term"),
        help_text=_("Its holidays are left out, too. Without another end the series goes on until its end."),
    )
    count = forms.IntegerField(
        label=_("Or number of lessons"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("Without an end and a term it is one lesson. Left out days are counted."),
    )
    skip = forms.CharField(
        label=_("Days to skip"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "2027-04-05, 2027-05-01"}),
        help_text=_("Besides the holidays of your school and of the term."),
    )
    scope = forms.ChoiceField(
        label=_("What is changed"), choices=Scope.choices, required=False, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: Any,
        course: Course | None = None,
        of: Lesson | None = None,
        like: Course | None = None,
        **more: Any,
    ) -> None:
        self.course, self.of, self.model = course, of, like
        self.sentence, self.dates = "", list[Occurrence]()
        if course:
            more["initial"] = _of_course(course, of) | (more.get("initial") or {})
        elif like:
            more["initial"] = _like_course(like) | (more.get("initial") or {})
        super().__init__(*args, **more)
        terms: Any = self.fields["term"]
        offered = Q(ends_on__gte=timezone.localdate()) | Q(pk=course.term_id if course else None)
        terms.queryset = Term.objects.filter(offered, enterprise=self.school)
        if not course or not of:
            del self.fields["scope"]

    def _like_owner(self, like: Lesson | None) -> Course | None:
        return self.model

    def _groups_had(self) -> Any:
        return self.course.groups.values("pk") if self.course else ()

    def clean(self) -> dict[str, Any]:
        data = PasswordForm.clean(self)
        if not data.get("day") or not data.get("start") or not data.get("end"):
            return data
        if data["day"] < timezone.localdate() and not self.course:
            self.add_error("day", _("This day has passed. Choose one to come."))
        if data.get("until") and data.get("count"):
            self.add_error("until", _("Choose one end: a last day, or a number of lessons."))
        elif data.get("weekdays") and not any(data.get(name) for name in ("until", "count", "term")):
            self.add_error("until", _("Say when the series ends: by a last day, or by a number of lessons."))
        return data

    def clean_skip(self) -> list[date]:
        found = []
        for word in filter(None, DAYS.split(self.cleaned_data["skip"])):
            try:
                found.append(date.fromisoformat(word))
            except ValueError:
                raise ValidationError(
                    _("“%(day)s” is no day. Write days as 2027-04-05."), params={"day": word[:40]}
                ) from None
        return found

    def look(self) -> bool:
        """Reckon the sentence, the dates and the conflicts; False where a field does not hold."""
        if not self.is_valid():
            return False
        try:
            if self.course:
                plan: Any = preview_change(self.course, **self._place(), **self._changed())
            else:
                plan = preview_course(**self.fields_of())
        except ValidationError as error:
            self._take(error)
            return False
        self.dates, self.conflicts = plan.dates, plan.conflicts
        fields = self.fields_of()
        self.sentence = words.sentence(
            fields["rrule"], fields["starts_local"], fields["duration_minutes"], self.dates, self.school
        )
        return True

    def save(self, *, by: User) -> Course | None:  # type: ignore[override]
        """The course, or None where a service refused: its sentences then stand at the fields."""
        reason = self.cleaned_data["conflict_reason"]
        try:
            if self.course:
                return change_course(
                    course=self.course, by=by, conflict_reason=reason, **self._place(), **self._changed()
                )
            rules = self.model.rules if self.model else None
            with transaction.atomic():
                course = plan_course(
                    by=by,
                    conflict_reason=reason,
                    rules=rules,
                    password=self.password_of_new,
                    **self.fields_of(),
                )
                self.copy_courseware(course, by)
            return course
        except Conflicted as conflicted:
            self.look()
            self.conflicts = conflicted.conflicts
            self.add_error("conflict_reason", conflicted)
        except ValidationError as error:
            self._take(error)
        return None

    def fields_of(self) -> dict[str, Any]:
        """What the services take."""
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
            "starts_local": first,
            "duration_minutes": minutes,
            "rrule": self._rule(data),
            "skip": data["skip"],
            "assistants": list(data["staff"]),
            "members": list(students.values()),
            "groups": list(data["groups"]),
            "settings": self._settings(data),
        }

    def _settings(self, data: dict[str, Any]) -> dict[str, Any]:
        settings = {name: data[name] for name in SETTINGS}
        return settings | {"record_types": sorted(data["record_types"]) or ["local"]}

    def _rule(self, data: dict[str, Any]) -> str:
        until, term = data.get("until"), data.get("term")
        if not until and not data.get("count"):
            of_term = term and not (self.course and self.course.term_id == term.pk)
            if not of_term and not data.get("weekdays"):
                return self.course.rrule if self.course else _counted_rule(self.model)
            until = term.ends_on if term else None
        days = data.get("weekdays") or [words.CODES[data["day"].weekday()]]
        return words.weekly_rule(days, data.get("every") or 1, until, data.get("count"))

    def _place(self) -> dict[str, Any]:
        return {"scope": self.cleaned_data.get("scope") or Scope.ALL, "lesson": self.of}

    def _changed(self) -> dict[str, Any]:
        """Of the fields, those that differ from the course as it stands."""
        fields, now = self.fields_of(), series_of(self.course)  # type: ignore[arg-type]
        changed = {}
        for name, value in fields.items():
            old = getattr(now, name)
            if name in ("assistants", "members", "groups"):
                differs = {one.pk for one in value} != {one.pk for one in old}
            elif name == "settings":
                value = {key: told for key, told in value.items() if (old or {}).get(key) != told}
                differs = bool(value)
            else:
                differs = value != (sorted(old) if name == "skip" else old)
            if differs:
                changed[name] = value
        if self.new_password is not None:
            changed["password"] = self.new_password
        return changed

    def _take(self, error: ValidationError) -> None:
        for name, found in error.update_error_dict({}).items():
            field = OF_SERVICE.get(name, name)
            self.add_error(field if field in self.fields else None, ValidationError(found))


class CourseCancelForm(CancelForm):
    """Cancels a series; from one of its lessons on where that is asked for."""

    scope = forms.ChoiceField(label=_("What is cancelled"), widget=forms.RadioSelect)
    field_order = ("scope", "reason", "tell", "notice")

    def __init__(self, *args: Any, course: Course, of: Lesson | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.of = of
        if of is None:
            del self.fields["scope"]
            return
        field: Any = self.fields["scope"]
        field.choices = [
            (scope, f"{scope.label} ({len(cancellable(course, first))})")
            for scope, first in ((Scope.FOLLOWING, of), (Scope.ALL, None))
        ]
        field.initial = Scope.FOLLOWING

    def act(self) -> dict[str, Any]:
        """What `cancel_course` takes."""
        data = dict(self.cleaned_data)
        return data | {"lesson": self.of if data.pop("scope", "") == Scope.FOLLOWING else None}


def _of_course(course: Course, of: Lesson | None = None) -> dict[str, Any]:
    """A course as the form shows it; whether there is a password, its lesson `of` says, or the last one."""
    series = series_of(course)
    ends = course.starts_local + timedelta(minutes=course.duration_minutes)
    chosen = (
        words.choices_of_rule(course.rrule, course.starts_local, course.enterprise) if course.rrule else None
    )
    return {name: value for name, value in (series.settings or {}).items() if name in SETTINGS} | {
        "topic": course.title,
        "teacher": course.teacher.user_id,
        "class_type": course.class_type,
        "term": course.term_id,
        "day": course.starts_local.date(),
        "start": course.starts_local.time(),
        "end": ends.time(),
        "skip": ", ".join(day.isoformat() for day in course.skip),
        "groups": [str(one.pk) for one in series.groups],
        "students": [one.user_id for one in series.members],
        "staff": [one.user_id for one in series.assistants],
        "scope": Scope.THIS,
        "password": password_of(of or last_lesson(course)),
        **(chosen or {}),
    }


def _like_course(course: Course) -> dict[str, Any]:
    """Another course like this one: on the same weekdays after its last lesson, and as long."""
    told = _of_course(course)
    last = course.lessons.order_by("-starts_at").values_list("starts_at", flat=True).first()
    after = max(timezone.localdate(), timezone.localtime(last).date() if last else date.min)
    shift = timedelta(weeks=max(1, (after - told["day"]).days // 7 + 1))
    until = told.get("until")
    day = told["day"] + shift
    over = course.term is not None and course.term.ends_on < day
    told |= {"term": None} if over else {}
    return told | {"day": day, "until": until + shift if until else None, "skip": ""}


def _counted_rule(course: Course | None) -> str:
    """The rule of a course where it says how many lessons there are, and so fits any first day."""
    return course.rrule if course and "COUNT=" in course.rrule else ""
