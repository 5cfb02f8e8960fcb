"""Reading people and groups, always within what the reader may see."""

import re
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Reverse

from accounts.models import GroupStudent, StudentGroup, User
from accounts.roles import Role
from console.policy import scoped
from console.policy.scope import as_owner

END_OF_PHONE = re.compile(r"[0-9]{4,15}", re.ASCII)
#: People of one word that are looked up by their ids; of more, the first page is found faster by reading on.
MANY = 1000


def people_for(reader: User) -> QuerySet[User]:
    """The people whom `reader` may see."""
    return scoped(User.objects.exclude(role=Role.VISITOR), reader, "person", "view")


def search_people(
    people: QuerySet[User], words: str, *, phones: bool = False, school: int | None = None
) -> QuerySet[User]:
    """People who fit every word by name, user id or group; with `phones` also by the end of a phone number.

    `phones` is for readers who may see numbers whole: others could guess a masked one digit by digit. With
    the `school` of the people, rare words are looked up in its indexes.
    """
    for word in words.split():
        rare = _rare(school, word, phones) if school else None
        people = people.filter(_fits(word, phones) if rare is None else Q(pk__in=rare))
    return people


def _fits(word: str, phones: bool) -> Q:
    fits = Q(nickname__icontains=word) | Q(user_id__icontains=word)
    fits |= Q(pk__in=GroupStudent.objects.filter(group__name__icontains=word).values("student"))
    return fits | Q(phone_no__endswith=word) if phones and END_OF_PHONE.fullmatch(word) else fits


def _rare(school: int, word: str, phones: bool) -> set[int] | None:
    """The ids of all who fit a word, None where they are many.

    Asked as the owner, for row-level security keeps a request from the indexes of likeness: it has to look at
    every row of the school first. What comes of it is narrowed to what the reader may see.
    """
    mine = User.objects.filter(enterprise=school).order_by()
    ways: list[QuerySet[User]] = [
        mine.filter(nickname__icontains=word),
        mine.filter(user_id__icontains=word),
        mine.filter(
            pk__in=GroupStudent.objects.filter(group__enterprise=school, group__name__icontains=word).values(
                "student"
            )
        ),
    ]
    if phones and END_OF_PHONE.fullmatch(word):
        ways.append(mine.annotate(end=Reverse("phone_no")).filter(end__startswith=word[::-1]))
    found: set[int] = set()
    with as_owner():
        for way in ways:
            found |= set(way.values_list("pk", flat=True)[: MANY + 1])
            if len(found) > MANY:
                return None
    return found


def groups_for(reader: User) -> QuerySet[StudentGroup]:
    """The groups that `reader` may see, each with `size`, the number of its students."""
    groups = scoped(StudentGroup.objects.all(), reader, "group", "view")
    return groups.annotate(size=Count("entries")).order_by("name", "id")


def groups_in_use(groups: QuerySet[StudentGroup], *, and_chosen: Any = ()) -> QuerySet[StudentGroup]:
    """Of these groups, those that one may choose: archived ones only where chosen already (by pk)."""
    return groups.filter(Q(archived_at=None) | Q(pk__in=and_chosen))


def active(enterprise_id: int, *roles: Role) -> QuerySet[User]:
    """The active people of a school with one of the roles, by name."""
    return User.objects.filter(enterprise_id=enterprise_id, role__in=roles, is_active=True).order_by(
        "nickname", "id"
    )
