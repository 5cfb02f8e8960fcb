"""Validation of lessons by the rules of the API document and our own; errors are keyed by field."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from accounts.models.roles import Role
from classes.choices import Status
from classes.models import Lesson

#: Roles that may teach; administrators often do.
TEACHING_ROLES = (Role.TEACHER, Role.ADMIN, Role.SUPERADMIN, Role.ASSISTANT)


def check_lesson(lesson: Lesson) -> None:
    """Raise ValidationError keyed by the invalid fields."""
    lesson.full_clean(exclude=["enterprise"], validate_constraints=False)
    errors: dict[str, str] = {}
    if lesson.teacher.enterprise_id != lesson.enterprise_id or lesson.teacher.role not in TEACHING_ROLES:
        errors["teacher"] = _("Choose a teacher of your school.")
    elif not lesson.teacher.is_active:
        errors["teacher"] = _("This teacher is deactivated. Choose another.")
    if lesson.starts_at and lesson.ends_at <= lesson.starts_at:
        errors["ends_at"] = _("The end must be after the start.")
    elif lesson.ends_at - lesson.starts_at > timedelta(hours=24):
        errors["ends_at"] = _("A lesson lasts at most 24 hours.")
    if errors:
        raise ValidationError(errors)


def check_people(school: Enterprise, people: Iterable[User], field: str, roles: Collection[str] = ()) -> None:
    """Raise ValidationError at `field` for people of another school or with a role not in `roles`."""
    for one in people:
        if one.enterprise_id != school.pk:
            raise ValidationError({field: _("%(who)s is not in your school.") % {"who": one}})
        if roles and one.role not in roles:
            raise ValidationError({field: _("%(who)s is not a student.") % {"who": one}})


def locked_message(lesson: Lesson) -> str:
    """Return the reason why a lesson cannot be changed."""
    if lesson.cancelled_at:
        return _("The lesson is cancelled. Schedule a new one instead.")
    if lesson.status == Status.ING:
        return _("The lesson is running and cannot be changed. End it first.")
    if lesson.status == Status.WILL and lesson.made_up:
        return made_up_message(lesson)
    return _("The lesson has ended and cannot be changed. Schedule a new one.")


def made_up_message(lesson: Lesson) -> str:
    return _("“%(topic)s” is made up by another lesson. Cancel the make-up lesson first.") % {
        "topic": lesson.topic
    }


def check_open(lesson: Lesson) -> None:
    """Raise ValidationError if the lesson is over or cancelled."""
    if lesson.cancelled_at or lesson.status == Status.END:
        raise ValidationError(locked_message(lesson))


def check_not_made_up(lesson: Lesson) -> None:
    """Raise ValidationError if another lesson counts instead of this one."""
    if lesson.made_up:
        raise ValidationError(made_up_message(lesson))


def check_not_past(lesson: Lesson) -> None:
    """Raise ValidationError if the planned end has passed."""
    if lesson.ends_at < timezone.now():
        raise ValidationError(_("The planned end is in the past. Schedule a new lesson."))
