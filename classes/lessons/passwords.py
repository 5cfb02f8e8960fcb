"""Passwords of lessons: set, change, remove and reveal."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import Lesson, LessonKey
from console.audit.trail import CHANGED_MARKER, record_data_access
from console.concurrency import service

#: Length of a password in characters.
SHORTEST, LONGEST = 4, 32


def set_password(lesson: Lesson, password: str | None) -> dict[str, str]:
    """Set the password of a lesson and return its audit values. '' removes it, None keeps it."""
    return password_audit_values(password) if set_passwords([lesson], password) else {}


def password_audit_values(password: str | None) -> dict[str, str]:
    """Return the audit values of a password change; empty for None."""
    return {} if password is None else {"password": CHANGED_MARKER}


def set_passwords(lessons: Iterable[Lesson], password: str | None) -> set[int]:
    """Set the password of all these lessons and return the keys of those that changed.

    '' removes the password, None keeps it. The caller enqueues the operations and writes the audit entry.
    """
    by_key = {one.pk: one for one in lessons}
    differ = lessons_with_other_password(by_key.values(), password)
    known = list(LessonKey.objects.filter(lesson__in=differ))
    for key in known:
        key.password, key.version = password or None, key.version + 1
        key.seal()
    LessonKey.objects.bulk_update(known, ["password", "version"])
    new = differ - {key.lesson_id for key in known}
    LessonKey.objects.bulk_create(
        LessonKey(enterprise_id=by_key[pk].enterprise_id, lesson_id=pk, password=password, version=1)
        for pk in sorted(new)
    )
    return differ


def lessons_with_other_password(lessons: Iterable[Lesson], password: str | None) -> set[int]:
    """Return the keys of the lessons whose password differs; an empty set for None."""
    if password is None:
        return set()
    keys = [one.pk for one in lessons]
    current = {
        key.lesson_id: key.password.reveal() if key.password else ""
        for key in LessonKey.objects.filter(lesson__in=keys)
    }
    return {pk for pk in keys if current.get(pk, "") != password}


def sealed_passwords(lessons: Collection[int]) -> dict[int, tuple[str, int]]:
    """Return the password of each lesson (by key) that had one, as it is sealed, and its version.

    It can be opened in its own row only; '' if it was removed.
    """
    rows = LessonKey.objects.filter(lesson__in=lessons).values_list("lesson", "password", "version")
    return {lesson: (str(password or ""), version) for lesson, password, version in rows}


def restore_passwords(former: Mapping[int, tuple[str, int]]) -> None:
    """Store the passwords of lessons again as `sealed_passwords` returned them."""
    field: Any = LessonKey._meta.get_field("password")
    keys = list(LessonKey.objects.filter(lesson__in=former))
    for key in keys:
        sealed, key.version = former[key.lesson_id]
        key.password = field.reseal_value(key, sealed) if sealed else None
    LessonKey.objects.bulk_update(keys, ["password", "version"])


def has_password(lesson: Lesson) -> bool:
    return LessonKey.objects.filter(lesson=lesson, password__isnull=False).exists()


@service
def reveal_password(*, lesson: Lesson, by: User) -> str:
    """Return the password of a lesson in clear and record the access. Raise ValidationError without one."""
    key = LessonKey.objects.filter(lesson=lesson, password__isnull=False).first()
    if key is None:
        raise ValidationError(_("This lesson has no password."))
    record_data_access("lesson.reveal_password", (), ("password",), obj=lesson, by=by)
    password: str = key.password.reveal()
    return password
