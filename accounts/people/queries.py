"""Querysets of people and groups, within what the reader may see."""

import re
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Reverse
from django.utils import timezone

from accounts.models import GroupMembership, StudentGroup, TeacherInCharge, User
from accounts.models.charge import in_force
from accounts.models.roles import Role
from accounts.models.user import triple_characters
from console.pinyin import search_prefix
from console.policy import scoped
from console.policy.database_scope import as_owner

PHONE_SUFFIX_PATTERN = re.compile(r"[0-9]{4,15}", re.ASCII)
USER_ID_PATTERN = re.compile(r"[A-Za-z0-9_.\-]+")
#: Order of lists of people; there is an index for it.
BY_NAME = ("sort_name", "nickname", "id")
#: Order of lists of groups.
GROUPS_BY_NAME = ("sort_name", "name", "id")
#: A word with at most this many matches is looked up by ID; for more, scanning for the first page is faster.
RARE_WORD_LIMIT = 1000


def people_for(reader: User) -> QuerySet[User]:
    """Return the people whom `reader` may see."""
    return scoped(User.objects.exclude(role=Role.VISITOR), reader, "person", "view")


def search_people(
    people: QuerySet[User], words: str, *, phones: bool = False, school: int | None = None
) -> QuerySet[User]:
    """Return people who match every word by name, user ID, group or, with `phones`, end of phone number.

    Names are also found by pinyin and by its initials.

    Set `phones` only for readers who may see full numbers; others could guess masked digits one by one. If
    `school` is given, rare words are looked up in its indexes. The result is ordered by name, or by ID if all
    words are common: people of one name are adjacent in name order, so finding the first of them could read
    half of a large school.
    """
    terms = words.split()
    rare = _rare_word_ids(school, terms, phones) if school and terms else {}
    for place, word in enumerate(terms):
        people = people.filter(Q(pk__in=rare[place]) if place in rare else _matches_word(word, phones))
    return people.order_by(*(BY_NAME if rare or not terms else ("id",)))


def name_contains(column: str, word: str, search_column: str = "search_name") -> Q:
    """Return the condition that a name contains a word, or begins with it as pinyin at one of its syllables.

    `search_column` is the column with the pinyin of the name in `column`.
    """
    match = Q(**{f"{column}__icontains": word})
    prefix = search_prefix(word)
    return match | Q(**{f"{search_column}__contains": prefix}) if prefix else match


def _matches_word(word: str, phones: bool) -> Q:
    match = name_contains("nickname", word) | Q(user_id__icontains=word)
    in_groups = GroupMembership.objects.filter(name_contains("group__name", word, "group__search_name"))
    match |= Q(pk__in=in_groups.values("student"))
    return match | Q(phone_no__endswith=word) if phones and PHONE_SUFFIX_PATTERN.fullmatch(word) else match


def _rare_word_ids(school: int, words: list[str], phones: bool) -> dict[int, set[int]]:
    """Return the IDs of all matches by position of the word, without words that match many people.

    Runs as the owner, because row-level security prevents the use of trigram indexes. The caller combines
    the IDs with a queryset scoped to the reader.
    """
    first, *rest = [_matching_ids(school, place, word, phones) for place, word in enumerate(words)]
    found: dict[int, set[int]] = {place: set() for place in range(len(words))}
    with as_owner():
        for pk, place in first.union(*rest, all=True) if rest else first:
            found[place].add(pk)
    return {place: ids for place, ids in found.items() if len(ids) <= RARE_WORD_LIMIT}


def _matching_ids(school: int, place: int, word: str, phones: bool) -> Any:
    """Return pairs of ID and position, at most RARE_WORD_LIMIT + 1.

    The parts of the union are disjoint, so that PostgreSQL, which runs them in order, stops early when a
    common word has enough matches by name.
    """
    people = User.objects.filter(enterprise=school).order_by()
    in_groups = GroupMembership.objects.filter(
        name_contains("group__name", word, "group__search_name"), group__enterprise=school
    )
    by_name, by_user_id = name_contains("nickname", word), Q(user_id__icontains=word)
    by_group = Q(pk__in=in_groups.values("student"))
    parts = [_filter_by_index(people, "nickname", word)]
    if prefix := search_prefix(word):
        by_pinyin = people.filter(search_name__contains=prefix)
        parts.append(by_pinyin.exclude(nickname__icontains=word))
    # A Chinese word matches no user ID, but finding that out would scan all of them.
    if USER_ID_PATTERN.fullmatch(word):
        parts.append(_filter_by_index(people.exclude(by_name), "user_id", word))
    parts.append(people.filter(by_group & ~by_name & ~by_user_id))
    if phones and PHONE_SUFFIX_PATTERN.fullmatch(word):
        by_phone = people.annotate(end=Reverse("phone_no")).filter(end__startswith=word[::-1])
        parts.append(by_phone.exclude(by_name | by_user_id | by_group))
    first, *rest = [
        part.annotate(place=Value(place)).values_list("pk", "place")[: RARE_WORD_LIMIT + 1] for part in parts
    ]
    return first.union(*rest, all=True)[: RARE_WORD_LIMIT + 1]


def _filter_by_index(people: QuerySet[User], field: str, word: str) -> QuerySet[User]:
    """Filter by a word in a field; words of up to two characters use the index of tripled characters."""
    people = people.filter(**{f"{field}__icontains": word})  # first: cheaper where no index is used
    if len(word) > 2:
        return people
    return people.annotate(tripled=triple_characters(field)).filter(
        tripled__contains=triple_characters(Value(word))
    )


def groups_for(reader: User) -> QuerySet[StudentGroup]:
    """Return the groups that `reader` may see, annotated with `size`, the number of students."""
    return groups_by_name(reader).annotate(size=number_of_students())


def number_of_students() -> Combinable:
    """Return the number of students of a group, counted for each group that is shown, by its index."""
    entries = GroupMembership.objects.filter(group=OuterRef("pk")).order_by().values("group")
    return Coalesce(Subquery(entries.annotate(number=Count("pk")).values("number")), 0)


def groups_by_name(reader: User) -> QuerySet[StudentGroup]:
    """Return the groups that `reader` may see, ordered by name."""
    return scoped(StudentGroup.objects.all(), reader, "group", "view").order_by(*GROUPS_BY_NAME)


def search_groups(groups: QuerySet[StudentGroup], text: str) -> QuerySet[StudentGroup]:
    """Return the groups that match every word by name or teacher in charge, also by pinyin or initials."""
    for word in text.split():
        teacher = name_contains("teacher__nickname", word, "teacher__search_name")
        groups = groups.filter(name_contains("name", word) | Q(pk__in=_present_groups(teacher)))
    return groups


def _present_groups(teacher: Q) -> QuerySet[TeacherInCharge, Any]:
    """Return the keys of groups whose teacher in charge or deputy of today meets the condition."""
    present = TeacherInCharge.objects.filter(in_force(timezone.localdate()), teacher)
    return present.order_by().values("group")


def unarchived_groups(groups: QuerySet[StudentGroup], *, and_chosen: Any = ()) -> QuerySet[StudentGroup]:
    """Exclude archived groups, except those in `and_chosen` (primary keys)."""
    return groups.filter(Q(archived_at=None) | Q(pk__in=and_chosen))


def active_people(enterprise_id: int, *roles: Role) -> QuerySet[User]:
    """Return the active people of a school with one of the roles, ordered by name."""
    return User.objects.filter(enterprise_id=enterprise_id, role__in=roles, is_active=True).order_by(*BY_NAME)
