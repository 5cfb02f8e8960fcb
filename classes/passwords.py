"""The passwords of lessons: set, changed and taken away, of one or of many; shown on record."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import Lesson, LessonKey
from console.audit.trail import CHANGED, record_seen

#: Characters that a password has.
SHORTEST, LONGEST = 4, 32


def set_password(lesson: Lesson, password: str | None) -> dict[str, str]:
    """Keep the password of a lesson, '' for none; None leaves it. What the trail may say of it."""
    return trail_of(password) if set_passwords([lesson], password) else {}


def trail_of(password: str | None) -> dict[str, str]:
    """What the trail may say of a password that was asked for; None is none."""
    return {} if password is None else {"password": CHANGED}


def set_passwords(lessons: Iterable[Lesson], password: str | None) -> set[int]:
    """Give all these lessons this password, '' for none; the keys of those that had another one.

    None leaves them. Telling the service, and the trail, are the caller's.
    """
    by_key = {one.pk: one for one in lessons}
    differ = differing(by_key.values(), password)
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


def differing(lessons: Iterable[Lesson], password: str | None) -> set[int]:
    """The keys of those that have another password than this one; none for None."""
    if password is None:
        return set()
    keys = [one.pk for one in lessons]
    had = {
        key.lesson_id: key.password.reveal() if key.password else ""
        for key in LessonKey.objects.filter(lesson__in=keys)
    }
    return {pk for pk in keys if had.get(pk, "") != password}


def has_password(lesson: Lesson) -> bool:
    return LessonKey.objects.filter(lesson=lesson, password__isnull=False).exists()


@transaction.atomic
def show_password(*, lesson: Lesson, by: User) -> str:
    """The password of a lesson in clear, on record. ValidationError where it has none."""
    key = LessonKey.objects.filter(lesson=lesson, password__isnull=False).first()
    if key is None:
        raise ValidationError(_("This lesson has no password."))
    record_seen("lesson.reveal_password", (), ("password",), obj=lesson, by=by)
    password: str = key.password.reveal()
    return password
