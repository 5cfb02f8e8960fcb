"""What holds of every lesson, whoever plans it: the document's rules and ours, each said at its field."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from accounts.roles import Role
from classes.kinds import Status
from classes.models import Lesson

#: Roles that may teach; a school's administrators often do.
TEACHERS = (Role.TEACHER, Role.ADMIN, Role.SUPERADMIN, Role.ASSISTANT)


def check_lesson(lesson: Lesson) -> None:
    """ValidationError at the field that does not hold."""
    lesson.full_clean(exclude=["enterprise"], validate_constraints=False)
    errors: dict[str, str] = {}
    if lesson.teacher.enterprise_id != lesson.enterprise_id or lesson.teacher.role not in TEACHERS:
        errors["teacher"] = _("Choose a teacher of your school.")
    elif not lesson.teacher.is_active:
        errors["teacher"] = _("This teacher is deactivated. Choose another.")
    if lesson.starts_at and lesson.ends_at <= lesson.starts_at:
        errors["ends_at"] = _("The lesson must end after it starts.")
    elif lesson.ends_at - lesson.starts_at > timedelta(hours=24):
        errors["ends_at"] = _("A lesson lasts at most 24 hours.")
    if errors:
        raise ValidationError(errors)


def check_people(school: Enterprise, people: Iterable[User], field: str, roles: Collection[str] = ()) -> None:
    """ValidationError at `field` for people of another school, or of a role that does not fit."""
    for one in people:
        if one.enterprise_id != school.pk:
            raise ValidationError({field: _("%(who)s is not in your school.") % {"who": one}})
        if roles and one.role not in roles:
            raise ValidationError({field: _("%(who)s is no student.") % {"who": one}})


def locked_sentence(lesson: Lesson) -> str:
    """Why a lesson cannot be changed."""
    if lesson.cancelled_at:
        return _("The lesson is cancelled. Schedule a new one.")
    if lesson.status == Status.ING:
        return _("The lesson is running and cannot be changed. End it first.")
    return _("The lesson is over and cannot be changed. Schedule a new one.")
