"""Reading people and groups, always within what the reader may see."""

from django.db.models import Count, Q, QuerySet

from accounts.models import GroupStudent, StudentGroup, User
from accounts.roles import Role
from console.policy import scoped


def people_for(reader: User) -> QuerySet[User]:
    """The people whom `reader` may see."""
    return scoped(User.objects.exclude(role=Role.VISITOR), reader, "person", "view")


def search_people(people: QuerySet[User], words: str, *, phones: bool = False) -> QuerySet[User]:
    """People who fit every word by name, user id or group; with `phones` also by the end of a phone number.

    `phones` is for readers who may see numbers whole: others could guess a masked one digit by digit.
    """
    for word in words.split():
        fits = Q(nickname__icontains=word) | Q(user_id__icontains=word)
        fits |= Q(pk__in=GroupStudent.objects.filter(group__name__icontains=word).values("student"))
        if phones:
            fits |= Q(phone_no__endswith=word)
        people = people.filter(fits)
    return people


def groups_for(reader: User) -> QuerySet[StudentGroup]:
    """The groups that `reader` may see, each with `size`, the number of its students."""
    groups = scoped(StudentGroup.objects.all(), reader, "group", "view")
    return groups.annotate(size=Count("entries")).order_by("name", "id")


def active(enterprise_id: int, *roles: Role) -> QuerySet[User]:
    """The active people of a school with one of the roles, by name."""
    return User.objects.filter(enterprise_id=enterprise_id, role__in=roles, is_active=True).order_by(
        "nickname", "id"
    )
