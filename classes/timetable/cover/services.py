"""Services for absences of teachers and cover. Each call is one transaction.

Locks are taken in the order of `console.concurrency`: groups, lessons, the absence or cover, people.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import StudentGroup, User
from classes.conflicts.absences import valid_absences
from classes.conflicts.detection import ABSENCE, STUDENT
from classes.conflicts.guard import BookingConflictError, describe_conflict, lock_lessons, lock_people
from classes.lessons.services import edit_lesson
from classes.lessons.validation import TEACHING_ROLES
from classes.locking import share_groups
from classes.models import Cover, Lesson, Member, TeacherAbsence
from classes.timetable.bulk.services import locked_reason
from classes.timetable.cover.queries import touched_lessons
from console.audit.trail import record
from console.concurrency import Conflict, lock_row, service

#: A teacher who is away for longer is replaced in the course.
MAX_ABSENCE = timedelta(days=31)


@service
def enter_absence(
    *, teacher: User, begins_at: datetime, ends_at: datetime, kind: str, by: User | None, note: str = ""
) -> TeacherAbsence:
    """Enter the absence of a teacher; no lesson changes.

    A booking of the teacher at the same moment waits and finds the absence. Raise ValidationError if the time
    is over, too long or not in order, or overlaps another valid absence of the teacher.
    """
    school = teacher.enterprise
    absence = TeacherAbsence(
        enterprise=school,
        teacher=teacher,
        begins_at=begins_at,
        ends_at=ends_at,
        kind=kind,
        note=note.strip()[:300],
        by=by,
    )
    lock_people([teacher.pk])
    _check_absence(absence)
    absence.save(force_insert=True)
    # Why somebody is away is personal: the trail, which nobody can erase, does not have it.
    values = {"teacher": teacher.user_id, "begins_at": begins_at, "ends_at": ends_at}
    record("absence.add", absence, by=by, after=values)
    return absence


def _check_absence(absence: TeacherAbsence) -> None:
    teacher = absence.teacher
    if teacher.role not in TEACHING_ROLES or not teacher.is_active:
        raise ValidationError({"teacher": _("Choose a teacher of your school.")})
    if absence.ends_at <= absence.begins_at:
        raise ValidationError({"ends_at": _("The absence must end after it starts.")})
    if absence.ends_at <= timezone.now():
        raise ValidationError({"ends_at": _("This time is already over.")})
    if absence.ends_at - absence.begins_at > MAX_ABSENCE + timedelta(hours=1):  # a clock change
        message = _("An absence lasts at most %(days)s days. For longer, change the teacher of the courses.")
        raise ValidationError({"ends_at": message % {"days": MAX_ABSENCE.days}})
    absence.clean_fields(exclude=["by", "withdrawn_at"])
    others = valid_absences(absence.enterprise, absence.begins_at, absence.ends_at)
    if others.filter(teacher=teacher).exists():
        message = _("An absence of %(name)s at this time has already been entered.")
        raise ValidationError({"teacher": message % {"name": teacher.nickname or teacher.user_id}})


class Withdrawal(NamedTuple):
    """How many lessons went back, and why others stay with who covers them, a sentence each."""

    returned: int = 0
    kept: Sequence[str] = ()


@service
def withdraw_absence(*, absence: TeacherAbsence, by: User | None) -> Withdrawal:
    """Withdraw an absence; the covered lessons go back to the teacher, or to whom their course has by now.

    Lessons that have begun or are over stay as they were taught, and so do those during which the teacher is
    still away. Where the teacher was covering for somebody who is still away, they cover again. Where nobody
    can have the lesson back it stays with who covers. Raise ValidationError, and change nothing, if the
    teacher has another lesson by now; Conflict if somebody else assigned a cover in the meantime.
    """
    valid = covers_because_of(absence)
    lessons = lock_covered(valid.values_list("lesson", flat=True))
    stored = lock_row(absence)
    if stored.withdrawn_at:
        return Withdrawal()
    stored.withdrawn_at = timezone.now()
    stored.save(update_fields=["withdrawn_at"])
    # In another statement than the lock: a cover that somebody decided in the meantime is found, too.
    covers = list(valid.select_related("absent", "covering").order_by("lesson"))
    if any(one.lesson_id not in lessons for one in covers):
        raise Conflict(_("Someone assigned a cover for this absence in the meantime. Try again."))
    planned = [_plan_return(one, lessons[one.lesson_id], stored.teacher) for one in covers]
    returns = [one for one in planned if isinstance(one, _Return)]
    people = [person for one in returns for person in (one.teacher, one.cover.covering)]
    lock_people(_booked_people(lessons.values(), people))
    for one in returns:
        if one.still_away is None:
            _give_back(one.cover, one.lesson, by, one.teacher)
        else:
            _cover_again(one.cover, one.lesson, one.still_away, one.teacher, by)
    record("absence.withdraw", stored, by=by, after={"lessons": [one.lesson.pk for one in returns]})
    return Withdrawal(len(returns), [one for one in planned if isinstance(one, str)])


def covers_because_of(absence: TeacherAbsence) -> QuerySet[Cover]:
    """Return the covers of lessons that the absence took from its teacher, whoever was absent first."""
    own = Q(absent=absence.teacher_id, lesson__starts_at__lt=absence.ends_at)
    own &= Q(lesson__ends_at__gt=absence.begins_at)
    covers = Cover.objects.filter(enterprise=absence.enterprise_id, undone_at=None)
    return covers.filter(own | Q(absence=absence))


class _Return(NamedTuple):
    """A lesson that goes back to `teacher`, who covers it again if somebody else is `still_away`."""

    cover: Cover
    lesson: Lesson
    teacher: User
    still_away: TeacherAbsence | None = None


def _plan_return(cover: Cover, lesson: Lesson, teacher: User) -> _Return | str | None:
    """Return how the lesson goes back now that the teacher is not absent.

    A sentence if it stays with who covers because nobody can have it; None if it stays as a matter of course.
    """
    if lesson.teacher_id != cover.covering_id or locked_reason(lesson):
        return None
    away = valid_absences(lesson.enterprise, lesson.starts_at, lesson.ends_at)
    if away.filter(teacher=teacher).exists():
        return None
    owner = _teacher_without_cover(cover, lesson)
    if owner is None:
        return _left_message(cover, lesson)
    still_away = away.filter(teacher=owner).first()
    if still_away is None:
        return _Return(cover, lesson, owner)
    if _earlier_covers(cover, lesson, teacher).exists() and _may_teach(teacher):
        return _Return(cover, lesson, teacher, still_away)
    message = _("“%(topic)s” stays with %(covering)s: %(name)s is absent at that time.")
    return message % _names(cover, lesson, owner)


def _teacher_without_cover(cover: Cover, lesson: Lesson) -> User | None:
    """Return the absent teacher or, if they left, that of the course; None if neither teaches any more."""
    people = (cover.absent, lesson.course.teacher if lesson.course else None)
    return next((one for one in people if one is not None and _may_teach(one)), None)


def _may_teach(person: User) -> bool:
    return person.is_active and person.role in TEACHING_ROLES


def _left_message(cover: Cover, lesson: Lesson) -> str:
    message = _("“%(topic)s” stays with %(covering)s: %(name)s no longer teaches at your school.")
    return message % _names(cover, lesson, cover.absent)


def _names(cover: Cover, lesson: Lesson, person: User) -> dict[str, str]:
    covering = cover.covering.nickname or cover.covering.user_id
    return {"topic": lesson.topic, "covering": covering, "name": person.nickname or person.user_id}


@service
def assign_covers(
    *,
    absence: TeacherAbsence,
    choices: Mapping[int, User],
    by: User | None,
    seen: Mapping[int, str] | None = None,
) -> list[Cover]:
    """Give lessons (by pk) of an absent teacher to others, all or none; each change is sent to iclass.

    `seen` maps lessons to the user id of the teacher whom the page showed. Raise ValidationError if a lesson
    has begun or is not touched by the absence, or a chosen teacher is not free; Conflict if somebody else
    changed the teacher or revoked the absence in the meantime.
    """
    lessons = lock_covered(choices)
    stored = lock_row(absence)
    if stored.withdrawn_at:
        raise Conflict(_("Someone revoked this absence in the meantime."))
    touched = set(touched_lessons(stored).filter(pk__in=choices).values_list("pk", flat=True))
    if touched != set(choices):
        raise ValidationError(_("At least one of these lessons is no longer at the time of the absence."))
    lock_people(_booked_people(lessons.values(), choices.values()))
    in_order = sorted(lessons.values(), key=lambda one: (one.starts_at, one.pk))
    for lesson in in_order:
        _check_lesson(lesson, (seen or {}).get(lesson.pk, ""))
    return [_assign(stored, lesson, choices[lesson.pk], by) for lesson in in_order]


def _check_lesson(lesson: Lesson, seen: str) -> None:
    names = {"topic": lesson.topic, "name": lesson.teacher.nickname or lesson.teacher.user_id}
    if reason := locked_reason(lesson):
        raise ValidationError(_("“%(topic)s”: %(reason)s.") % {**names, "reason": reason})
    if seen and seen != lesson.teacher.user_id:
        message = _("Someone else gave “%(topic)s” to %(name)s in the meantime. Check it again, then decide.")
        raise Conflict(message % names)


def _assign(absence: TeacherAbsence, lesson: Lesson, teacher: User, by: User | None) -> Cover:
    previous = Cover.objects.filter(lesson=lesson, undone_at=None).select_related("absent").first()
    in_force = previous is not None and previous.covering_id == lesson.teacher_id
    absent = previous.absent if previous is not None and in_force else lesson.teacher
    names = {"name": teacher.nickname or teacher.user_id, "topic": lesson.topic}
    if teacher.pk in (absent.pk, lesson.teacher_id):
        raise ValidationError(_("%(name)s is the teacher of “%(topic)s”. Choose someone else.") % names)
    away = valid_absences(absence.enterprise, lesson.starts_at, lesson.ends_at).filter(teacher=teacher)
    if away.exists():
        raise ValidationError(_("%(name)s is absent during “%(topic)s”. Choose someone else.") % names)
    assists = lesson.members.filter(user=teacher, role=Member.Role.ASSISTANT).exists()
    _change_teacher(lesson, teacher, by)
    if previous is not None:
        _close(previous, by)
    return _add_cover(absence, lesson, absent, teacher, assists, by)


def _add_cover(
    absence: TeacherAbsence, lesson: Lesson, absent: User, teacher: User, assists: bool, by: User | None
) -> Cover:
    cover = Cover.objects.create(
        enterprise=absence.enterprise,
        absence=absence,
        lesson=lesson,
        absent=absent,
        covering=teacher,
        was_assistant=assists,
        by=by,
    )
    values = {"absent": absent.user_id, "covering": teacher.user_id}
    record("cover.assign", lesson, by=by, after=values)
    return cover


@service
def undo_cover(*, cover: Cover, by: User | None) -> None:
    """Give a covered lesson back to the absent teacher or, if they left, to that of its course.

    Raise ValidationError if the lesson has begun or nobody can have it back, Conflict if the cover
    was undone or somebody else has the lesson.
    """
    lesson = lock_covered([cover.lesson_id])[cover.lesson_id]
    stored = Cover.objects.select_for_update(of=("self",), no_key=True).get(pk=cover.pk)
    if stored.undone_at or lesson.teacher_id != stored.covering_id:
        message = _("Someone else changed the teacher of “%(topic)s” in the meantime.")
        raise Conflict(message % {"topic": lesson.topic})
    _check_lesson(lesson, "")
    teacher = _teacher_without_cover(stored, lesson)
    if teacher is None:
        raise ValidationError(_left_message(stored, lesson))
    lock_people(_booked_people([lesson], [teacher, stored.covering]))
    _give_back(stored, lesson, by, teacher)


def _give_back(cover: Cover, lesson: Lesson, by: User | None, teacher: User) -> None:
    """Give the lesson to this teacher, who may still be absent; who covered assists again."""
    staff = None
    if cover.was_assistant:
        members = lesson.members.exclude(role=Member.Role.STUDENT).select_related("user")
        staff = [*(one.user for one in members), cover.covering]
    _change_teacher(lesson, teacher, by, staff, absence_reason=_("The cover was undone."))
    _close(cover, by)
    values = {"absent": cover.absent.user_id, "covering": cover.covering.user_id}
    record("cover.undo", lesson, by=by, before=values)


def _cover_again(
    cover: Cover, lesson: Lesson, absence: TeacherAbsence, teacher: User, by: User | None
) -> None:
    """Give the lesson back to a teacher who covered it for somebody who is still away."""
    earlier = _earlier_covers(cover, lesson, teacher)
    assisted = earlier.order_by("-pk").values_list("was_assistant", flat=True).first()
    _give_back(cover, lesson, by, teacher)
    _add_cover(absence, lesson, cover.absent, teacher, bool(assisted), by)


def _earlier_covers(cover: Cover, lesson: Lesson, teacher: User) -> QuerySet[Cover]:
    return Cover.objects.filter(lesson=lesson, covering=teacher, absent=cover.absent_id)


def _close(cover: Cover, by: User | None) -> None:
    cover.undone_at, cover.undone_by = timezone.now(), by
    cover.save(update_fields=["undone_at", "undone_by"])


def _change_teacher(
    lesson: Lesson,
    teacher: User,
    by: User | None,
    staff: Sequence[User] | None = None,
    *,
    absence_reason: str = "",
) -> None:
    """Edit the lesson; conflicts are named in the error, and a reason allows absences alone."""
    change = partial(edit_lesson, lesson=lesson, by=by, teacher=teacher, staff=staff)
    try:
        try:
            change()
        except BookingConflictError as error:
            if not absence_reason or any(one.kind != ABSENCE for one in error.conflicts):
                raise
            change(conflict_reason=absence_reason)
    except BookingConflictError as error:
        reasons = [describe_conflict(one) for one in error.conflicts if one.kind != STUDENT]
        raise ValidationError(reasons or error.messages) from None
    except ValidationError as error:
        raise ValidationError(error.messages) from None  # the pages have no field of the lesson


def lock_covered(pks: Iterable[int]) -> dict[int, Lesson]:
    """Lock the groups of these lessons and then the lessons; return the lessons as stored, by pk."""
    keys = sorted(set(pks))
    share_groups(StudentGroup.objects.filter(lessons__in=keys).distinct())
    lock_lessons(keys)
    return Lesson.objects.select_related("teacher", "enterprise", "course__teacher").in_bulk(keys)


def _booked_people(lessons: Iterable[Lesson], teachers: Iterable[User]) -> Collection[int]:
    """Return everybody whose other lessons are checked: `edit_lesson` locks parts of them again."""
    members = Member.objects.filter(lesson__in=[one.pk for one in lessons])
    booked = members.exclude(role=Member.Role.SUPERVISOR)
    return {one.user_id for one in booked.only("user_id")} | {one.pk for one in teachers}
