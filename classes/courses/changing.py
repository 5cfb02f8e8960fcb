"""Changing a series: this lesson, this and the following ones, or all that have not begun."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from classes.bulk.cancelling import cancel_lessons
from classes.bulk.changing import Wish, change_lessons, changeable, look, wish
from classes.conflicts.booking import allow, judged, mark
from classes.conflicts.finding import Conflict, conflicts_of
from classes.courses import planning
from classes.courses.dates import Occurrence, kept
from classes.courses.planning import FIELDS, Series
from classes.courses.recurrence import moment, tidy
from classes.courses.writing import People, write_lessons
from classes.models import Course, Lesson, LessonKey
from classes.models.lesson import NOT_IN_SERIES
from classes.passwords import differing, set_passwords, trail_of
from console.audit.trail import changes, record, snapshot

PEOPLE = {"assistants", "members", "groups"}
RULE = {"starts_local", "rrule", "skip", "term"}


class Scope(TextChoices):
    THIS = "this", gettext_lazy("this lesson only")
    FOLLOWING = "following", gettext_lazy("this and the following lessons")
    ALL = "all", gettext_lazy("all lessons that have not begun")


@dataclass
class Change:
    """What a change would do. `dates` are those of the rule from the first changed day on."""

    series: Series
    dates: list[Occurrence]
    wishes: list[Wish] = field(default_factory=list)
    added: list[Occurrence] = field(default_factory=list)
    going: list[Lesson] = field(default_factory=list)
    people: People = field(default_factory=People)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def changed(self) -> list[Wish]:
        return [
            one
            for one in self.wishes
            if one.fields_changed or one.people is not None or one.password is not None
        ]


def preview_change(
    course: Course, *, scope: str = Scope.ALL, lesson: Lesson | None = None, **fields: Any
) -> Change:
    """What `change_course` would do; conflicts are told, ValidationError for what does not hold."""
    change = _change(course, scope, lesson, fields)
    new = look(course.enterprise, change.wishes)
    wanted = planning.wanted_of(change.series, change.added, change.people)
    going = [one.pk for one in (*change.going, *(one.before for one in change.wishes))]
    change.conflicts = [*new, *conflicts_of(replace(wanted, besides=going))]
    return change


@transaction.atomic
def change_course(
    *,
    course: Course,
    by: User | None,
    scope: str = Scope.ALL,
    lesson: Lesson | None = None,
    conflict_reason: str = "",
    **fields: Any,
) -> Course:
    """Change a series and the lessons of the scope that have not begun; each is told to the service.

    Fields are those of `plan_course`; what is not given stays. `lesson` says where the scopes `this` and
    `following` begin. A day that the rule has no more is cancelled, a new one is made; a lesson that was
    moved by itself keeps its time unless the time of the series changes. Conflicted (a ValidationError)
    where the change brings conflicts and no reason is given.
    """
    stored = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    before = snapshot(stored, FIELDS)
    change = _change(stored, scope, lesson, fields)
    cancel_lessons(stored.enterprise, change.going, by=by, reason=NOT_IN_SERIES)
    count = change_lessons(stored.enterprise, change.wishes, by=by, conflict_reason=conflict_reason)
    _add(stored, change, by, conflict_reason)
    if scope != Scope.THIS:
        _save(stored, change.series, fields)
    was, now = changes(before, snapshot(stored, FIELDS))
    told = {"changed": count, "added": len(change.added), "cancelled": len(change.going), "scope": str(scope)}
    people = {name: sorted(one.pk for one in fields[name]) for name in PEOPLE if name in fields}
    after = {**now, **people, **told, **trail_of(fields.get("password"))}
    record("course.change", stored, by=by, before=was, after=after, reason=conflict_reason)
    return stored


@transaction.atomic
def cancel_course(
    *,
    course: Course,
    by: User | None,
    reason: str = "",
    notice: str = "",
    tell: bool = True,
    lesson: Lesson | None = None,
) -> list[Lesson]:
    """Cancel the lessons of a series that have not begun, from `lesson` on where one is given; returns them.

    Each person hears of it once, with the words of `notice`, unless `tell` is off.
    """
    coming = cancellable(course, lesson)
    going = cancel_lessons(course.enterprise, coming, by=by, reason=reason, notice=notice, tell=tell)
    told = {"lessons": len(going)} | ({"from": lesson.pk} if lesson else {})
    record("course.cancel", course, by=by, after=told, reason=reason)
    return going


def cancellable(course: Course, lesson: Lesson | None = None) -> list[Lesson]:
    """What `cancel_course` would cancel."""
    rows = course.lessons.filter(cancelled_at=None)
    return changeable(rows.filter(starts_at__gte=lesson.starts_at) if lesson else rows)


def series_of(course: Course) -> Series:
    """A course as it stands."""
    return Series(
        assistants=list(course.assistants.all()),
        members=list(course.members.all()),
        groups=list(course.groups.all()),
        settings=_settings_like(course),
        **{name: getattr(course, name) for name in FIELDS},
    )


def _settings_like(course: Course) -> dict[str, Any]:
    """New lessons of a series are set up like its last one."""
    last = last_lesson(course)
    return {name: getattr(last, name) for name in planning.SETTINGS} if last else {}


def last_lesson(course: Course) -> Lesson | None:
    return course.lessons.order_by("-starts_at", "-id").first()


def _change(course: Course, scope: str, lesson: Lesson | None, fields: dict[str, Any]) -> Change:
    if scope not in Scope.values:
        raise ValidationError({"scope": _("Choose: this lesson, this and the following, or all.")})
    if scope != Scope.ALL and (lesson is None or lesson.course_id != course.pk):
        raise ValidationError({"lesson": _("Say with which lesson of the series the change begins.")})
    now = series_of(course)
    settings = {**(now.settings or {}), **fields.get("settings", {})}
    series = Series(**{**now.__dict__, **fields, "settings": settings})
    planning.check(series)
    if scope == Scope.THIS:
        change = _of_one(lesson, series, fields, settings)  # type: ignore[arg-type]
    else:
        change = _of_many(course, lesson if scope == Scope.FOLLOWING else None, series, fields, settings)
    differ = differing((one.lesson for one in change.wishes), series.password)
    for one in change.wishes:
        one.password = series.password if one.lesson.pk in differ else None
    return change


def _of_one(lesson: Lesson, series: Series, fields: dict[str, Any], settings: dict[str, Any]) -> Change:
    if {"rrule", "skip", "term"} & fields.keys():
        raise ValidationError({"scope": _("The rule is that of the whole series, not of one lesson.")})
    starts_at = lesson.starts_at
    if "starts_local" in fields:
        starts_at = moment(series.starts_local, series.school.tz)
    length = lesson.ends_at - lesson.starts_at
    if "duration_minutes" in fields:
        length = timedelta(minutes=series.duration_minutes)
    people = planning.people_of(series) if PEOPLE & fields.keys() else None
    times = {"starts_at": starts_at, "ends_at": starts_at + length}
    return Change(series, [], [wish(lesson, people, **times, **_plain(series, fields, settings))])


def _of_many(
    course: Course, first: Lesson | None, series: Series, fields: dict[str, Any], settings: dict[str, Any]
) -> Change:
    since = first.occurrence or first.starts_at.astimezone(series.school.tz).date() if first else date.min
    dates = [one for one in planning.all_dates(series) if one.day >= since]
    change = Change(series, dates)
    there = [one for one in _lessons(course) if (one.occurrence or date.max) >= since]
    coming = changeable(there)
    people = planning.people_of(series)
    change.people = people
    new_rule, new_people = bool(RULE & fields.keys()), bool(PEOPLE & fields.keys())
    new_time = _clock_changes(course, series)
    by_day = {one.day: one for one in kept(dates)}
    plain = _plain(series, fields, settings)
    for lesson in coming:
        slot = by_day.get(lesson.occurrence) if lesson.occurrence else None
        if new_rule and lesson.occurrence and slot is None:
            change.going.append(lesson)
            continue
        times = {"starts_at": slot.starts_at, "ends_at": slot.ends_at} if slot and new_time else {}
        change.wishes.append(wish(lesson, people if new_people else None, **times, **plain))
    if new_rule:
        taken = {one.occurrence for one in there if not _came_off(one)}
        later = timezone.now()
        change.added = [one for one in kept(dates) if one.day not in taken and one.starts_at > later]
    return change


def _came_off(lesson: Lesson) -> bool:
    return lesson.cancelled_at is not None and lesson.cancel_reason == NOT_IN_SERIES


def _lessons(course: Course) -> list[Lesson]:
    rows = course.lessons.select_related("teacher", "enterprise").prefetch_related("members__user")
    return list(rows.order_by("starts_at", "id"))


def _clock_changes(course: Course, series: Series) -> bool:
    """Whether lessons begin at another time of day or take longer or shorter than the series had it."""
    old, new = course.starts_local.time(), series.starts_local.time()
    return old != new or course.duration_minutes != series.duration_minutes


def _plain(series: Series, fields: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """The fields of a lesson that follow what was given."""
    plain: dict[str, Any] = {name: settings[name] for name in settings if name in fields.get("settings", ())}
    for theirs, ours in (("title", "topic"), ("teacher", "teacher"), ("class_type", "class_type")):
        if theirs in fields:
            plain[ours] = getattr(series, theirs)
    return plain


def _add(course: Course, change: Change, by: User | None, reason: str) -> None:
    if not change.added:
        return
    places = allow(planning.wanted_of(change.series, change.added, change.people), reason)
    lessons = planning.lessons_on(change.added, course, change.series)
    for place, lesson in enumerate(lessons):
        mark(lesson, place in places, reason, by)
    password = change.series.password
    if password is None and (like := last_lesson(course)):
        key = LessonKey.objects.filter(lesson=like, password__isnull=False).first()
        password = key.password.reveal() if key else None
    with judged():
        write_lessons(course.enterprise, [(lessons, change.people)], by=by)
    set_passwords(lessons, password)


def _save(course: Course, series: Series, fields: dict[str, Any]) -> None:
    for name in FIELDS:
        setattr(course, name, getattr(series, name))
    course.rrule = tidy(series.rrule)
    course.skip = sorted(set(series.skip))
    course.save()
    for name in PEOPLE:
        if name in fields:
            getattr(course, name).set(fields[name])
