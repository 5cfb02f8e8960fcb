"""The groups of a lesson, and by which of them its students came."""

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import GroupStudent, Role, StudentGroup, User
from classes.models import Lesson, Member


def students_of(groups: Iterable[StudentGroup]) -> QuerySet[User]:
    """The active students of these groups."""
    pks = [group.pk for group in groups]
    entries = GroupStudent.objects.filter(group__in=pks).values("student")
    return User.objects.filter(pk__in=entries, role=Role.STUDENT, is_active=True)


def link(lesson: Lesson, groups: Iterable[StudentGroup] | None) -> dict[str, list[str]]:
    """Make these the groups of the lesson; returns the names of those that came and went. None leaves them.

    Nobody is added or taken off: who came by a group that goes stays as if added by hand, unless another
    group of the lesson has them too. ValidationError for a group of another school, and for
    an archived one that the lesson has not yet.
    """
    if groups is None:
        return {}
    wanted = {group.pk: group for group in groups}
    if any(group.enterprise_id != lesson.enterprise_id for group in wanted.values()):
        raise ValidationError({"groups": _("One of these groups is not of your school.")})
    had = {group.pk: group for group in lesson.groups.all()}
    new, gone = wanted.keys() - had.keys(), had.keys() - wanted.keys()
    if any(wanted[pk].is_archived for pk in new):
        raise ValidationError({"groups": _("One of these groups is archived. Restore it first.")})
    if not new and not gone:
        return {}
    lesson.groups.set(wanted)
    _hand_on(lesson, gone)
    return {
        "groups_added": sorted(wanted[pk].name for pk in new),
        "groups_removed": sorted(had[pk].name for pk in gone),
    }


def _hand_on(lesson: Lesson, gone: Collection[int]) -> None:
    """Members who came by a group that went: they came by another one, or by hand."""
    members = list(lesson.members.filter(via__in=gone))
    ways = came_by(lesson, [member.user_id for member in members])
    for member in members:
        member.via_id = ways.get(member.user_id)
    Member.objects.bulk_update(members, ["via"])


def came_by(lesson: Lesson, people: Collection[int]) -> dict[int, int]:
    """For each of these people (by pk) a group of the lesson that has them; those in none are left out."""
    entries = GroupStudent.objects.filter(group__lessons=lesson, student__in=people).order_by("-group")
    return dict(entries.values_list("student", "group"))
