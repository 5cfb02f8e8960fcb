"""Layers of the timetable: whose lessons it shows, each in a colour of its own. They stand in the address."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup
from accounts.queries import active
from classes.models import Course, Lesson
from classes.rules import TEACHERS
from console.policy import Scope, may, scope_of, scoped

#: So many layers keep colours that one can tell apart.
MOST = 6


class Offer(NamedTuple):
    """What may be chosen of one kind; `chosen` are not offered again."""

    kind: str
    label: str | Promise
    empty: str | Promise
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class Layer:
    """`without` is the address with this layer taken away."""

    kind: str
    key: str
    name: str
    hue: int
    without: str

    @property
    def condition(self) -> Q:
        if self.kind == "teacher":
            return Q(teacher__user_id=self.key)
        return Q(**{"course" if self.kind == "course" else "groups": int(self.key)})


class Layers:
    """What a reader may choose, and what the address chose of it; what it names beyond that is left out."""

    def __init__(self, reader: Any, address: QueryDict) -> None:
        self.reader = reader
        self.rows = dict(self._offered())
        self._known: dict[str, dict[str, str]] = {}
        self.chosen = list(self._chosen(address))[:MOST]

    def known(self, kind: str) -> dict[str, str]:
        """What there is of one kind, by key; asked for once, and only where it is needed."""
        if kind not in self._known:
            self._known[kind] = dict(self.rows[kind])
        return self._known[kind]

    def _offered(self) -> Iterable[tuple[str, QuerySet[Any]]]:
        """Kinds with their rows of key and name; not asked for yet."""
        if scope_of(self.reader, "list", "lesson") == Scope.SCHOOL:
            people = active(self.reader.enterprise_id, *TEACHERS)
            yield "teacher", people.values_list("user_id", Concat("nickname", Value(" · "), "user_id"))
        if may(self.reader, "list", "group"):
            groups = scoped(StudentGroup.objects.order_by("name", "id"), self.reader, "group", "list")
            yield "group", groups.values_list(Cast("pk", CharField()), "name")
        if may(self.reader, "list", "course"):
            courses = scoped(Course.objects.order_by("title", "id"), self.reader, "course", "list")
            yield "course", courses.values_list(Cast("pk", CharField()), "title")

    def _chosen(self, address: QueryDict) -> Iterable[Layer]:
        hue = 0
        for kind in self.rows:
            for key in dict.fromkeys(filter(None, address.getlist(kind))):
                if name := self.known(kind).get(key):
                    hue += 1
                    yield Layer(kind, key, name, (hue - 1) % MOST + 1, _without(address, kind, key))

    def offers(self) -> list[Offer]:
        """What can still be added, kind by kind; a kind of which there is nothing is left out."""
        taken = {(one.kind, one.key) for one in self.chosen}
        found = []
        for kind in self.rows:
            rest = [(key, name) for key, name in self.known(kind).items() if (kind, key) not in taken]
            if rest and len(self.chosen) < MOST:
                found.append(Offer(kind, *WORDS[kind], rest))
        return found

    def narrow(self, lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
        """The lessons of any of the layers, each with those of the chosen groups that it has as `in_groups`;
        all lessons where no layer is chosen."""
        if not self.chosen:
            return lessons
        either = Q()
        for layer in self.chosen:
            of_layer = Lesson.objects.filter(layer.condition, enterprise=self.reader.enterprise_id)
            either |= Q(pk__in=of_layer.values("pk"))
        through = Lesson.groups.through.objects.filter(lesson=OuterRef("pk"), studentgroup__in=self._groups())
        return lessons.filter(either).annotate(in_groups=ArraySubquery(through.values("studentgroup")))

    def hues(self, lessons: Iterable[Lesson]) -> dict[int, int]:
        """By lesson of `narrow`: the colour of the first layer that has it."""
        found: dict[int, int] = {}
        for one in lessons:
            belongs = {("teacher", one.teacher.user_id), ("course", str(one.course_id))}
            belongs |= {("group", str(group)) for group in one.in_groups or ()}  # type: ignore[attr-defined]
            found[one.pk] = next(
                (layer.hue for layer in self.chosen if (layer.kind, layer.key) in belongs), 0
            )
        return found

    def _groups(self) -> list[int]:
        return [int(one.key) for one in self.chosen if one.kind == "group"]


WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "teacher": (_("Teacher"), _("Show a teacher")),
    "group": (_("Group"), _("Show a group")),
    "course": (_("Course"), _("Show a course")),
}


def _without(address: QueryDict, kind: str, key: str) -> str:
    rest = address.copy()
    rest.setlist(kind, [one for one in address.getlist(kind) if one != key])
    return f"?{rest.urlencode()}"
