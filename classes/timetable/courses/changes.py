"""Change a series: one lesson, it and the following ones, or all that have not begun."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from classes.conflicts import guard
from classes.conflicts.detection import BookingConflict, find_conflicts
from classes.conflicts.guard import (
    check_conflicts,
    enforce_teacher_constraint,
    lock_lessons,
    lock_people,
    set_conflict_override,
)
from classes.lessons.fields import COLUMN_NAMES
from classes.lessons.passwords import lessons_with_other_password, password_audit_values, set_passwords
from classes.lessons.roster import ExpectedPeople
from classes.models import Course, Cover, Lesson, LessonKey
from classes.models.lesson import NOT_IN_SERIES
from classes.timetable.bulk.cancellation import cancel_lessons
from classes.timetable.bulk.changes import (
    PlannedChange,
    change_lessons,
    changeable_lessons,
    find_change_conflicts,
    people_to_lock,
    plan_change,
)
from classes.timetable.courses import planning
from classes.timetable.courses.bulk_insert import insert_lessons
from classes.timetable.courses.dates import Occurrence, included_dates, move_dates
from classes.timetable.courses.edit_merge import (
    PEOPLE_FIELDS,
    course_digests,
    last_lesson,
    load_series,
    merge_edits,
)
from classes.timetable.courses.lesson_dates import adjusted_lessons, dates_of_lessons, fix_days_without_lesson
from classes.timetable.courses.planning import COURSE_FIELDS, Series
from classes.timetable.courses.recurrence import lesson_count, local_to_utc, normalize_rule
from classes.timetable.cover.hand_over import hand_over_covers
from classes.timetable.cover.queries import current_covers
from classes.timetable.subjects.services import lock_subject
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import RowDeleted, service

RULE_FIELDS = {"starts_local", "rrule", "skip", "term", "make_up_skipped"}


class ChangeScope(TextChoices):
    THIS = "this", gettext_lazy("this lesson only")
    FOLLOWING = "following", gettext_lazy("this and following lessons")
    ALL = "all", gettext_lazy("all lessons that have not started")


@dataclass
class CourseChange:
    """A planned change. `dates` are those of the rule from the first changed day on, at times of lessons."""

    series: Series
    dates: list[Occurrence]
    planned: list[PlannedChange] = field(default_factory=list)
    added: list[Occurrence] = field(default_factory=list)
    cancelled: list[Lesson] = field(default_factory=list)
    # Of lessons that the change would give to another teacher.
    covers: list[Cover] = field(default_factory=list)
    people: ExpectedPeople = field(default_factory=ExpectedPeople)
    conflicts: list[BookingConflict] = field(default_factory=list)

    @property
    def changed(self) -> list[PlannedChange]:
        return [
            one
            for one in self.planned
            if one.fields_changed or one.people is not None or one.password is not None
        ]


def preview_change(
    course: Course, *, scope: str = ChangeScope.ALL, lesson: Lesson | None = None, **fields: Any
) -> CourseChange:
    """Return what `change_course` would do, with conflicts; ValidationError if a field is invalid."""
    change = _build_change(course, scope, lesson, fields)
    new = find_change_conflicts(course.enterprise, change.planned)
    request = planning.series_booking_request(change.series, change.added, change.people)
    excluded = [one.pk for one in (*change.cancelled, *(one.before for one in change.planned))]
    change.conflicts = [*new, *find_conflicts(replace(request, excluded=excluded))]
    return change


@service
def change_course(*, course: Course, by: User | None, **arguments: Any) -> Course:
    """Change a series and the lessons of the scope that have not begun; each change is sent to the service.

    Fields are those of `plan_course`; what is not given stays. `moves` reschedule single lessons. `lesson` is
    where the scopes `this` and `following` begin. A day that is no longer in the rule is cancelled, a new
    one is created; a lesson that was moved separately keeps its time, unless `reset` gives it a new time of
    the series; a covered lesson stays covered, and goes back to the new teacher. Raises BookingConflictError
    (a ValidationError) if the change causes conflicts and no reason is given, ValidationError at `moves` for
    a lesson that is moved separately, covered, cancelled or can no longer change.

    The arguments are those of `apply_change`; `seen` are the `course_digests` that the editor saw, by default
    those of the given course. Raises EditConflict if somebody else changed the same fields since.
    """
    return apply_change(course, by, change_lessons, **arguments)[0]


def apply_change(
    course: Course,
    by: User | None,
    write: Callable[..., Any],
    *,
    scope: str = ChangeScope.ALL,
    lesson: Lesson | None = None,
    conflict_reason: str = "",
    seen: Mapping[str, str] | None = None,
    **fields: Any,
) -> tuple[Course, CourseChange, Any]:
    """Change as `change_course` does, in its transaction; return also what `write` of the lessons returns."""
    base = course_digests(course) if seen is None else seen
    lock_subject(fields.get("subject"))
    planning.lock_term_and_groups(fields.get("term"), fields.get("groups", ()), course)
    stored = lock_course(course)
    fields = merge_edits(stored, fields, base)
    before = snapshot(stored, COURSE_FIELDS)
    change = _build_change(stored, scope, lesson and stored.lessons.filter(pk=lesson.pk).first(), fields)
    _lock_booked_people(change)
    cancel_lessons(stored.enterprise, change.cancelled, by=by, reason=NOT_IN_SERIES)
    changed = change.changed
    written = write(stored.enterprise, changed, by=by, conflict_reason=conflict_reason)
    hand_over_covers(change.covers, change.series.teacher, by)
    _add_lessons(stored, change, by, conflict_reason)
    _record_single_lessons(stored, change, by, conflict_reason)
    if scope != ChangeScope.THIS:
        _save_course(stored, change.series, fields)
    was, now = diff_snapshots(before, snapshot(stored, COURSE_FIELDS))
    counts = {
        "changed": len(changed),
        "added": len(change.added),
        "cancelled": len(change.cancelled),
        "scope": str(scope),
    }
    people = {name: sorted(one.pk for one in fields[name]) for name in PEOPLE_FIELDS if name in fields}
    after = {**now, **people, **counts, **password_audit_values(fields.get("password"))}
    record("course.change", stored, by=by, before=was, after=after, reason=conflict_reason)
    return stored, change, written


def lock_course(course: Course) -> Course:
    """Lock the course and then its lessons; return its current state. RowDeleted if it is gone."""
    if not Course.objects.select_for_update().filter(pk=course.pk).values_list("pk", flat=True):
        raise RowDeleted
    stored = Course.objects.select_related("teacher", "enterprise", "term", "subject").get(pk=course.pk)
    lock_lessons(stored.lessons.values_list("pk", flat=True))
    return stored


def _lock_booked_people(change: CourseChange) -> None:
    """Lock everybody whom the change may book, in one call so that the lock order is fixed."""
    people = people_to_lock([one for one in change.planned if one.may_conflict])
    if change.added:
        people |= guard.booked_people(
            planning.series_booking_request(change.series, change.added, change.people)
        )
    if people:
        lock_people(people)


def _build_change(course: Course, scope: str, lesson: Lesson | None, fields: dict[str, Any]) -> CourseChange:
    if scope not in ChangeScope.values:
        raise ValidationError({"scope": _("Choose this lesson, this and following lessons, or all lessons.")})
    if scope != ChangeScope.ALL and (lesson is None or lesson.course_id != course.pk):
        raise ValidationError({"lesson": _("Choose the lesson of the course from which the change applies.")})
    current = load_series(course)
    settings = {**(current.settings or {}), **fields.get("settings", {})}
    series = Series(**{**current.__dict__, **fields, "settings": settings})
    planning.build_course(series)
    if scope == ChangeScope.THIS:
        assert lesson is not None  # see above
        change = _change_one(lesson, series, fields, settings)
    else:
        change = _change_many(
            course, lesson if scope == ChangeScope.FOLLOWING else None, series, fields, settings
        )
    password_changed = lessons_with_other_password((one.lesson for one in change.planned), series.password)
    for one in change.planned:
        one.password = series.password if one.lesson.pk in password_changed else None
    return change


def _change_one(
    lesson: Lesson, series: Series, fields: dict[str, Any], settings: dict[str, Any]
) -> CourseChange:
    if (RULE_FIELDS - {"starts_local"} | {"moves"}) & fields.keys():
        raise ValidationError({"scope": _("The repeat rule belongs to the course, not to a single lesson.")})
    if "subject" in fields:
        raise ValidationError({"scope": _("The subject belongs to the course, not to a single lesson.")})
    starts_at = lesson.starts_at
    if "starts_local" in fields:
        starts_at = local_to_utc(series.starts_local, series.school.tz)
    length = lesson.ends_at - lesson.starts_at
    if "duration_minutes" in fields:
        length = timedelta(minutes=series.duration_minutes)
    people = planning.expected_people(series) if fields.keys() & PEOPLE_FIELDS else None
    times = {"starts_at": starts_at, "ends_at": starts_at + length}
    return CourseChange(
        series, [], [plan_change(lesson, people, **times, **_lesson_fields(series, fields, settings))]
    )


def _change_many(
    course: Course, first: Lesson | None, series: Series, fields: dict[str, Any], settings: dict[str, Any]
) -> CourseChange:
    since = _course_day(first, series) if first else date.min
    lessons = _lessons(course)
    changeable = changeable_lessons(one for one in lessons if _course_day(one, series) >= since)
    covered = current_covers(changeable)
    adjusted = set() if series.reset else adjusted_lessons(course, changeable)
    follow = {one.pk for one in changeable} - adjusted if _clock_changes(course, series) else set()
    kept = [one for one in lessons if not _dropped_from_series(one)]
    all_dates = dates_of_lessons(planning.rule_dates(series), kept, covered, follow=follow)
    all_dates = move_dates(series.school, all_dates, series.moves)
    change = CourseChange(series, [one for one in all_dates if one.day >= since])
    people = planning.expected_people(series)
    change.people = people
    new_rule, new_people = bool(RULE_FIELDS & fields.keys()), bool(fields.keys() & PEOPLE_FIELDS)
    by_day = {one.day: one for one in included_dates(change.dates)}
    lesson_fields = _lesson_fields(series, fields, settings)
    # Nobody undoes a cover by editing the course.
    covered = covered if "teacher" in lesson_fields else {}
    for lesson in changeable:
        slot = by_day.get(lesson.occurrence) if lesson.occurrence else None
        if new_rule and lesson.occurrence and slot is None:
            change.cancelled.append(lesson)
            continue
        moved = slot and (lesson.pk in follow or slot.is_moved)
        values = {"starts_at": slot.starts_at, "ends_at": slot.ends_at} if slot and moved else {}
        values |= lesson_fields | ({"teacher": lesson.teacher} if lesson.pk in covered else {})
        change.covers += [covered[lesson.pk]] if lesson.pk in covered else []
        change.planned.append(plan_change(lesson, people if new_people else None, **values))
    if new_rule:
        change.added = _added_dates(series, all_dates, kept, since)
    days = {one.day for one in change.added} | {one.occurrence for one in kept}
    change.dates = fix_days_without_lesson(change.dates, days)
    return change


def _added_dates(
    series: Series, dates: list[Occurrence], kept: list[Lesson], since: date
) -> list[Occurrence]:
    """Return the dates from `since` on that become new lessons; `dates` and `kept` are all of the course.

    A lesson without `occurrence` stands for a day that the course leaves out. If skipped days are made up,
    the rule has another day for it, which must not become a lesson as well. Both are counted over the
    whole course: lessons before `since` take days before it. A make-up lesson stands for no day: the lesson
    that it makes up for does.
    """
    occurrences = {one.occurrence for one in kept}
    free = [one for one in included_dates(dates) if one.day not in occurrences]
    separate = [
        _course_day(one, series) for one in kept if one.occurrence is None and one.makes_up_for_id is None
    ]
    added = [one for one in free if one.day >= since and one.day not in separate]
    if series.make_up_skipped and lesson_count(series.rrule):
        added = added[: max(0, len(free) - len(separate))]
    now = timezone.now()
    return [one for one in added if one.starts_at > now]


def _course_day(lesson: Lesson, series: Series) -> date:
    """Return the day of the rule that the lesson belongs to, or its own day if it belongs to none."""
    return lesson.occurrence or lesson.starts_at.astimezone(series.school.tz).date()


def _dropped_from_series(lesson: Lesson) -> bool:
    return lesson.cancelled_at is not None and lesson.cancel_reason == NOT_IN_SERIES


def _lessons(course: Course) -> list[Lesson]:
    rows = course.lessons.select_related("teacher", "enterprise").prefetch_related("members__user")
    return list(rows.order_by("starts_at", "id"))


def _clock_changes(course: Course, series: Series) -> bool:
    """Return whether the time of day or the length of the lessons changes."""
    old, new = course.starts_local.time(), series.starts_local.time()
    return old != new or course.duration_minutes != series.duration_minutes


def _lesson_fields(series: Series, fields: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a lesson that follow from the given fields of the series."""
    values: dict[str, Any] = {name: settings[name] for name in settings if name in fields.get("settings", ())}
    for name, lesson_name in (("title", "topic"), ("teacher", "teacher"), ("class_type", "class_type")):
        if name in fields:
            values[lesson_name] = getattr(series, name)
    return values


def _add_lessons(course: Course, change: CourseChange, by: User | None, reason: str) -> None:
    if not change.added:
        return
    conflicting_places = check_conflicts(
        planning.series_booking_request(change.series, change.added, change.people), reason
    )
    lessons = planning.build_lessons(change.added, course, change.series)
    for place, lesson in enumerate(lessons):
        set_conflict_override(lesson, place in conflicting_places, reason, by)
    password = change.series.password
    if password is None and (previous := last_lesson(course)):
        key = LessonKey.objects.filter(lesson=previous, password__isnull=False).first()
        password = key.password.reveal() if key else None
    with enforce_teacher_constraint():
        insert_lessons(course.enterprise, [(lessons, change.people)], by=by)
    set_passwords(lessons, password)


def _record_single_lessons(course: Course, change: CourseChange, by: User | None, reason: str) -> None:
    """Record the lessons that are rescheduled or skipped one by one; the course is not saved yet."""
    for one in change.planned:
        if one.lesson.occurrence in change.series.moves and one.fields_changed:
            was, now = diff_snapshots(snapshot(one.before, COLUMN_NAMES), snapshot(one.lesson, COLUMN_NAMES))
            record("lesson.change", one.lesson, by=by, before=was, after=now, reason=reason)
    for lesson in change.cancelled:
        if lesson.occurrence in set(change.series.skip) - set(course.skip):
            record("lesson.cancel", lesson, by=by, reason=_(NOT_IN_SERIES))


def _save_course(course: Course, series: Series, fields: dict[str, Any]) -> None:
    changed = [name for name in COURSE_FIELDS if name in fields]
    for name in changed:
        setattr(course, name, getattr(series, name))
    course.rrule = normalize_rule(series.rrule)
    course.skip = sorted(set(series.skip))
    course.save(update_fields=changed)
    for name in PEOPLE_FIELDS:
        if name in fields:
            getattr(course, name).set(fields[name])
