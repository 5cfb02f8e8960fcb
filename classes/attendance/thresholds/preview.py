"""Whom a rule would warn today, by name, before it is saved."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from classes.attendance.thresholds.crossings import find_crossings
from classes.attendance.thresholds.evidence import build_facts
from classes.attendance.thresholds.sentences import cause_sentence, rule_sentence
from classes.models import Lesson, ThresholdRule
from console.lists.first_rows import FirstRows, first_rows
from console.policy import scoped

#: Most students that the form of a rule names.
MAX_NAMED = 50


class PreviewLine(NamedTuple):
    """A student, the groups and the courses of the marks, each by name, and what happened in words."""

    student: User
    groups: str
    courses: str
    cause: str


class RulePreview(NamedTuple):
    """How many students a rule would warn, in words, and the first of those whom the reader may list."""

    sentence: str
    lines: FirstRows[PreviewLine]


def preview_rule(rule: ThresholdRule, reader: Any) -> RulePreview:
    """Return whom the rule, saved or not, would warn today."""
    crossings = find_crossings(rule, reader.enterprise.tz, timezone.now())
    sentence = ngettext(
        "Today this rule would warn %(n)d student.",
        "Today this rule would warn %(n)d students.",
        len(crossings),
    ) % {"n": len(crossings)}
    students = scoped(User.objects.filter(pk__in=list(crossings)), reader, "person", "list")
    students = students.prefetch_related("student_groups").order_by("sort_name", "nickname", "id")
    named = first_rows(students, MAX_NAMED)
    facts = build_facts(rule, {one.pk: crossings[one.pk] for one in named})
    titles = _course_titles(facts.values())
    lines = named.map(lambda one: _line(one, facts[one.pk], titles))
    return RulePreview(f"{rule_sentence(rule)}: {sentence}", lines)


def _course_titles(facts: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Return the title of the course of each lesson that counts; of those that belong to one."""
    lessons = Lesson.objects.filter(pk__in={mark["lesson"] for one in facts for mark in one["marks"]})
    return dict(lessons.filter(course__isnull=False).order_by().values_list("pk", "course__title"))


def _line(student: User, facts: Mapping[str, Any], titles: Mapping[int, str]) -> PreviewLine:
    groups = [one.name for one in student.student_groups.all() if not one.is_archived]
    courses = {titles[mark["lesson"]] for mark in facts["marks"] if mark["lesson"] in titles}
    return PreviewLine(student, ", ".join(groups), ", ".join(sorted(courses)), cause_sentence(facts))
