"""Subjects that a reader may choose from, and the marks and colours by which they are shown."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import Enterprise
from classes.models import Course, Subject
from classes.models.subject import initial_of
from console.policy import Scope, may, scope_of, scoped

COLOURS = [int(one) for one in Subject.Colour]


def subjects_of_courses(reader: Any) -> QuerySet[Subject]:
    """Return the subjects of the school by name; for a reader of own courses alone, those of these."""
    if not may(reader, "list", "course"):
        return Subject.objects.none()
    subjects = Subject.objects.filter(enterprise=reader.enterprise_id).order_by("name", "id")
    if scope_of(reader, "list", "course") == Scope.OWN:
        own = scoped(Course.objects.all(), reader, "course", "list").order_by()
        return subjects.filter(pk__in=own.values("subject"))
    return subjects


def unused_colour(school: Enterprise) -> int:
    """Return the first colour that no subject of the school has, or the one that fewest have."""
    rows = Subject.objects.filter(enterprise=school).order_by()
    uses = dict(rows.values_list("colour").annotate(n=Count("pk")))
    return min(COLOURS, key=lambda colour: (uses.get(colour, 0), colour))


def marks_of(names: Mapping[int, str]) -> dict[int, str]:
    """Return the mark of each key: the first letter of its name, numbered where several begin with it."""
    initials = {key: initial_of(name) for key, name in names.items()}
    many, seen = Counter(initials.values()), Counter[str]()
    found = {}
    for key in _by_name(names):
        letter = initials[key]
        seen[letter] += 1
        found[key] = f"{letter}{seen[letter]}" if many[letter] > 1 else letter
    return found


def _by_name(names: Mapping[int, str]) -> Iterable[int]:
    return sorted(names, key=lambda key: (names[key], key))
