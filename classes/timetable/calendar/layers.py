"""Layers of the timetable: whose lessons it shows, each in its own colour; kept in the query string."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup
from accounts.people.grades.queries import grades_for
from accounts.people.queries import active_people
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Course, Lesson
from classes.timetable.subjects.queries import subjects_of_courses
from console.policy import Scope, may, scope_of, scoped

#: More layers would not have distinguishable colours.
MAX_LAYERS = 6
#: What a layer is of a lesson, besides its teacher.
LESSON_COLUMNS = {
    "subject": "course__subject",
    "course": "course",
    "group": "groups",
    "grade": "groups__grade",
}


class LayerOptions(NamedTuple):
    """Options of one kind of layer; chosen ones are not offered again."""

    kind: str
    label: str | Promise
    empty: str | Promise
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class Layer:
    """`without` is the query string without this layer."""

    kind: str
    key: str
    name: str
    hue: int
    without: str

    @property
    def condition(self) -> Q:
        if self.kind == "teacher":
            return Q(teacher__user_id=self.key)
        return Q(**{LESSON_COLUMNS[self.kind]: int(self.key)})


class Layers:
    """The layers offered to a reader, and those that the query string chooses; unknown ones are ignored."""

    def __init__(self, reader: Any, address: QueryDict) -> None:
        self.reader = reader
        self.rows = dict(self._offered())
        self._known: dict[str, dict[str, str]] = {}
        self.chosen = list(self._chosen(address))[:MAX_LAYERS]

    def known(self, kind: str) -> dict[str, str]:
        """Return the names of one kind, by key; queried once, and only if needed."""
        if kind not in self._known:
            self._known[kind] = dict(self.rows[kind])
        return self._known[kind]

    def _offered(self) -> Iterable[tuple[str, QuerySet[Any]]]:
        """Yield each kind with a queryset of key and name, not evaluated."""
        if scope_of(self.reader, "list", "lesson") == Scope.SCHOOL:
            people = active_people(self.reader.enterprise_id, *TEACHING_ROLES)
            yield "teacher", people.values_list("user_id", Concat("nickname", Value(" · "), "user_id"))
        if may(self.reader, "list", "group"):
            groups = scoped(StudentGroup.objects.order_by("name", "id"), self.reader, "group", "list")
            yield "group", groups.values_list(Cast("pk", CharField()), "name")
        if may(self.reader, "list", "grade"):
            yield "grade", grades_for(self.reader).values_list(Cast("pk", CharField()), "name")
        if may(self.reader, "list", "course"):
            yield "subject", subjects_of_courses(self.reader).values_list(Cast("pk", CharField()), "name")
            courses = scoped(Course.objects.order_by("title", "id"), self.reader, "course", "list")
            yield "course", courses.values_list(Cast("pk", CharField()), "title")

    def _chosen(self, address: QueryDict) -> Iterable[Layer]:
        hue = 0
        for kind in self.rows:
            for key in dict.fromkeys(filter(None, address.getlist(kind))):
                if name := self.known(kind).get(key):
                    hue += 1
                    yield Layer(
                        kind, key, name, (hue - 1) % MAX_LAYERS + 1, _address_without(address, kind, key)
                    )

    def offers(self) -> list[LayerOptions]:
        """Return what can still be added, by kind; kinds without options are left out."""
        chosen = {(one.kind, one.key) for one in self.chosen}
        found = []
        for kind in self.rows:
            rest = [(key, name) for key, name in self.known(kind).items() if (kind, key) not in chosen]
            if rest and len(self.chosen) < MAX_LAYERS:
                found.append(LayerOptions(kind, *KIND_LABELS[kind], rest))
        return found

    def narrow(self, lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
        """Filter for lessons of any of the layers, with `in_groups`, their chosen groups, and `of_subject`.

        `in_grades` are the grades of their groups if a grade is chosen. Without a layer all lessons are
        returned.
        """
        if not self.chosen:
            return lessons
        either = Q()
        for layer in self.chosen:
            of_layer = Lesson.objects.filter(layer.condition, enterprise=self.reader.enterprise_id)
            either |= Q(pk__in=of_layer.values("pk"))
        through = Lesson.groups.through.objects.filter(lesson=OuterRef("pk"))
        of_groups = through.filter(studentgroup__in=self._keys("group"))
        lessons = lessons.filter(either).annotate(
            in_groups=ArraySubquery(of_groups.values("studentgroup")), of_subject=F("course__subject_id")
        )
        if not (grades := self._keys("grade")):
            return lessons
        of_grades = through.filter(studentgroup__grade__in=grades)
        return lessons.annotate(in_grades=ArraySubquery(of_grades.values("studentgroup__grade")))

    def hues(self, lessons: Iterable[Lesson]) -> dict[int, int]:
        """By lesson of `narrow`: the colour of the first layer that contains it."""
        found: dict[int, int] = {}
        annotated: Iterable[Any] = lessons
        for one in annotated:
            layer_keys = {("teacher", one.teacher.user_id), ("course", str(one.course_id))}
            layer_keys.add(("subject", str(one.of_subject)))
            layer_keys |= {("group", str(group)) for group in one.in_groups or ()}
            layer_keys |= {("grade", str(grade)) for grade in getattr(one, "in_grades", ())}
            found[one.pk] = next(
                (layer.hue for layer in self.chosen if (layer.kind, layer.key) in layer_keys), 0
            )
        return found

    def _keys(self, kind: str) -> list[int]:
        return [int(one.key) for one in self.chosen if one.kind == kind]


KIND_LABELS: dict[str, tuple[str | Promise, str | Promise]] = {
    "teacher": (_("Teacher"), _("Show a teacher")),
    "group": (_("Group"), _("Show a group")),
    "subject": (_("Subject"), _("Show a subject")),
    "grade": (_("Grade"), _("Show a grade")),
    "course": (_("Course"), _("Show a course")),
}


def _address_without(address: QueryDict, kind: str, key: str) -> str:
    rest = address.copy()
    rest.setlist(kind, [one for one in address.getlist(kind) if one != key])
    return f"?{rest.urlencode()}"
