"""Reading people and groups, always within what the reader may see."""

from django.db.models import Count, Q, QuerySet

from accounts.models import StudentGroup, User
from accounts.roles import Role
from console.policy import scoped


def people_for(reader: User) -> QuerySet[User]:
    """The people whom `reader` may see."""
    return scoped(User.objects.exclude(role=Role.VISITOR), reader, "person", "view")


def search_people(people: QuerySet[User], words: str) -> QuerySet[User]:
    """People by name, user id, the end of a phone number, or group."""
    for word in words.split():
        people = people.filter(
            Q(nickname__icontains=word)
            | Q(user_id__icontains=word)
            | Q(phone_no__endswith=word)
            | Q(group_entries__group__name__icontains=word)
        )
    return people.distinct() if words.split() else people


def groups_for(reader: User) -> QuerySet[StudentGroup]:
    """The groups that `reader` may see, each with `size`, the number of its students."""
    groups = scoped(StudentGroup.objects.all(), reader, "group", "view")
    return groups.annotate(size=Count("entries")).order_by("name", "id")


def active(enterprise_id: int, *roles: Role) -> QuerySet[User]:
    """The active people of a school with one of the roles, by name."""
    return User.objects.filter(enterprise_id=enterprise_id, role__in=roles, is_active=True).order_by(
        "nickname", "id"
    )
