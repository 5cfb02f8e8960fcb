"""Reading people and groups, always within what the reader may see."""

import re
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Reverse

from accounts.models import GroupStudent, StudentGroup, User
from accounts.models.user import tripled
from accounts.roles import Role
from console.policy import scoped
from console.policy.scope import as_owner

END_OF_PHONE = re.compile(r"[0-9]{4,15}", re.ASCII)
USER_ID = re.compile(r"[A-Za-z0-9_.\-]+")
#: The order of lists of people, and an index.
BY_NAME = ("nickname", "id")
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
    the `school` of the people, rare words are looked up in its indexes. They come by name; where all words
    are common, in the order in which they were added: those of one name stand together in the order of names,
    and to find the first of them half a large school would be read.
    """
    asked = words.split()
    rare = _rare(school, asked, phones) if school and asked else {}
    for place, word in enumerate(asked):
        people = people.filter(Q(pk__in=rare[place]) if place in rare else _fits(word, phones))
    return people.order_by(*(BY_NAME if rare or not asked else ("id",)))


def _fits(word: str, phones: bool) -> Q:
    fits = Q(nickname__icontains=word) | Q(user_id__icontains=word)
    fits |= Q(pk__in=GroupStudent.objects.filter(group__name__icontains=word).values("student"))
    return fits | Q(phone_no__endswith=word) if phones and END_OF_PHONE.fullmatch(word) else fits


def _rare(school: int, words: list[str], phones: bool) -> dict[int, set[int]]:
    """The ids of all who fit a word, by the place of the word; words that fit many are left out.

    Asked as the owner, for row-level security keeps a request from the indexes of likeness: it has to look at
    every row of the school first. What comes of it is narrowed to what the reader may see.
    """
    first, *more = [_who_fits(school, place, word, phones) for place, word in enumerate(words)]
    found: dict[int, set[int]] = {place: set() for place in range(len(words))}
    with as_owner():
        for pk, place in first.union(*more, all=True) if more else first:
            found[place].add(pk)
    return {place: ids for place, ids in found.items() if len(ids) <= MANY}


def _who_fits(school: int, place: int, word: str, phones: bool) -> Any:
    """Pairs of an id and the place, one more than MANY at most.

    Nobody whom one way of fitting tells is told by another, so that PostgreSQL, which goes from way to way,
    ends where a common word is found often enough by name.
    """
    mine = User.objects.filter(enterprise=school).order_by()
    in_groups = GroupStudent.objects.filter(group__enterprise=school, group__name__icontains=word)
    named, known = Q(nickname__icontains=word), Q(user_id__icontains=word)
    grouped = Q(pk__in=in_groups.values("student"))
    ways = [_by_index(mine, "nickname", word)]
    if USER_ID.fullmatch(word):  # a Chinese word is in none, and to see that takes reading all of them
        ways.append(_by_index(mine.exclude(named), "user_id", word))
    ways.append(mine.filter(grouped & ~named & ~known))
    if phones and END_OF_PHONE.fullmatch(word):
        by_phone = mine.annotate(end=Reverse("phone_no")).filter(end__startswith=word[::-1])
        ways.append(by_phone.exclude(named | known | grouped))
    first, *more = [way.annotate(place=Value(place)).values_list("pk", "place")[: MANY + 1] for way in ways]
    return first.union(*more, all=True)[: MANY + 1]


def _by_index(people: QuerySet[User], field: str, word: str) -> QuerySet[User]:
    """Those in whose field the word stands; one that is too short for the index of likeness, by another."""
    people = people.filter(**{f"{field}__icontains": word})  # first: where no index helps, it is the cheaper
    if len(word) > 2:
        return people
    return people.annotate(tripled=tripled(field)).filter(tripled__contains=tripled(Value(word)))


def groups_for(reader: User) -> QuerySet[StudentGroup]:
    """The groups that `reader` may see, each with `size`, the number of its students."""
    return groups_by_name(reader).annotate(size=Count("entries"))


def groups_by_name(reader: User) -> QuerySet[StudentGroup]:
    """The groups that `reader` may see, to choose from."""
    return scoped(StudentGroup.objects.all(), reader, "group", "view").order_by("name", "id")


def groups_in_use(groups: QuerySet[StudentGroup], *, and_chosen: Any = ()) -> QuerySet[StudentGroup]:
    """Of these groups, those that one may choose: archived ones only where chosen already (by pk)."""
    return groups.filter(Q(archived_at=None) | Q(pk__in=and_chosen))


def active(enterprise_id: int, *roles: Role) -> QuerySet[User]:
    """The active people of a school with one of the roles, by name."""
    return User.objects.filter(enterprise_id=enterprise_id, role__in=roles, is_active=True).order_by(
        "nickname", "id"
    )
