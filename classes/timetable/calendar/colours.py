"""Colours of lessons in the timetable, each with a letter: by subject, course, group or filter."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup
from classes.models import Course, Lesson, Subject
from classes.models.subject import initial_of
from classes.timetable.calendar.layers import Layers
from classes.timetable.subjects.queries import marks_of, subjects_of_courses
from console.policy import may, scoped

#: Distinguishable colours (`--ic-subject-1` and so on); more courses share them, their letters differ.
HUES = len(Subject.Colour)


class ColourBy(TextChoices):
    SUBJECT = "subject", _("Colour by subject")
    COURSE = "course", _("Colour by course")
    GROUP = "group", _("Colour by group")
    LAYER = "layer", _("Colour by filter")


class Colour(NamedTuple):
    """`hue` is 1 to HUES, `mark` the letter that says the same, `name` of the subject, course or group."""

    hue: int
    mark: str
    name: str


def colour_choices(reader: Any, layers: Layers) -> list[tuple[str, Any]]:
    """Return the choices of a reader: courses and groups if they may see them, filters if they chose some.

    Subjects come first, if one of their courses has one.
    """
    offered = {
        ColourBy.SUBJECT: subjects_of_courses(reader).filter(courses__isnull=False).exists(),
        ColourBy.COURSE: may(reader, "list", "course"),
        ColourBy.GROUP: may(reader, "list", "group"),
        ColourBy.LAYER: bool(layers.chosen),
    }
    return [(value, label) for value, label in ColourBy.choices if offered[ColourBy(value)]]


def lesson_colours(reader: Any, by: str, lessons: list[Lesson], layers: Layers) -> dict[int, Colour]:
    """Return the colour of each lesson, by pk; lessons without a subject, course or group have none."""
    if by == ColourBy.LAYER:
        hues = layers.hues(lessons)
        legend = {one.hue: Colour(one.hue, str(one.hue), one.name) for one in layers.chosen}
        return {pk: legend[hue] for pk, hue in hues.items() if hue}
    if by == ColourBy.SUBJECT:
        return _subject_colours(reader, lessons)
    if by == ColourBy.COURSE:
        key_of_lesson = {one.pk: one.course_id for one in lessons if one.course_id}
        rows: Any = Course.objects.filter(pk__in=set(key_of_lesson.values()))
        rows, name = scoped(rows, reader, "course", "list"), "title"
    elif by == ColourBy.GROUP:
        key_of_lesson, name = _first_groups(reader, lessons), "name"
        rows = StudentGroup.objects.filter(pk__in=set(key_of_lesson.values()))
    else:
        return {}
    colours = _lasting_colours(rows, name, reader) if key_of_lesson else {}
    return {lesson: colours[key] for lesson, key in key_of_lesson.items() if key in colours}


def legend_of(colours: Iterable[Colour]) -> list[dict[str, Any]]:
    """Return each colour once, by name."""
    return [one._asdict() for one in sorted(set(colours), key=lambda one: (one.name, one.mark))]


def _subject_colours(reader: Any, lessons: list[Lesson]) -> dict[int, Colour]:
    """Return the colour that the school gave to the subject of each lesson's course."""
    courses = Course.objects.filter(pk__in={one.course_id for one in lessons if one.course_id})
    visible = scoped(courses, reader, "course", "list").filter(subject__isnull=False)
    subjects = dict(visible.order_by().values_list("pk", "subject"))
    # All of them, not those of these lessons, so that a subject has the same mark in each week.
    rows = {one.pk: one for one in subjects_of_courses(reader)}
    marks = marks_of({key: one.name for key, one in rows.items()})
    colours = {key: Colour(one.colour, marks[key], one.name) for key, one in rows.items()}
    return {
        one.pk: colours[subject]
        for one in lessons
        if (subject := subjects.get(one.course_id or 0)) in colours
    }


def _first_groups(reader: Any, lessons: list[Lesson]) -> dict[int, int]:
    """Return the first group by name of each lesson, of the groups that the reader may see."""
    visible = scoped(StudentGroup.objects.all(), reader, "group", "list")
    through = Lesson.groups.through.objects.filter(
        lesson__in=[one.pk for one in lessons], studentgroup__in=visible
    )
    rows = through.order_by("-studentgroup__name", "-studentgroup_id")
    return dict(rows.values_list("lesson_id", "studentgroup_id"))


def _lasting_colours(shown: QuerySet[Any], name: str, reader: Any) -> dict[int, Colour]:
    """Return the colour of each row by its key: the same in each week, and for each reader.

    It follows from the key. The letter is that of the name, with a number from the second row of the school
    on that begins with it, by age: what is added later changes no other.
    """
    seen, found = Counter[str](), {}
    is_shown = ExpressionWrapper(Q(pk__in=shown.order_by().values("pk")), BooleanField())
    of_school = shown.model.objects.filter(enterprise=reader.enterprise_id).order_by("pk")
    for key, title, needed in of_school.values_list("pk", name, is_shown):
        letter = initial_of(title)
        seen[letter] += 1
        if needed:
            mark = letter if seen[letter] == 1 else f"{letter}{seen[letter]}"
            found[key] = Colour(key % HUES + 1, mark, title)
    return found
