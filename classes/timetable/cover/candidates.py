"""Who may cover the lessons of an absence, who is related to each lesson, and who is not free."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, TextField, Value

from accounts.models import Enterprise
from accounts.models.roles import Role
from accounts.people.queries import active_people
from classes.conflicts.absences import valid_absences
from classes.conflicts.availability import find_busy_people
from classes.conflicts.detection import TimeSlot
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Course, Cover, Lesson, Member, Subject, TeacherAbsence
from classes.timetable.cover.proposals import (
    ASSISTS,
    SAME_COURSE,
    SAME_GROUP,
    SAME_SUBJECT,
    Candidate,
    OpenLesson,
)
from classes.timetable.cover.queries import CoverPeriod, in_force, with_cover_counts


def load_candidates(absence: TeacherAbsence, period: CoverPeriod) -> list[Candidate]:
    """Return everybody else who may teach, by name, with their covers in the period; one query."""
    people = active_people(absence.enterprise_id, *TEACHING_ROLES).exclude(pk=absence.teacher_id)
    counted = with_cover_counts(people, period)
    rows = counted.values_list("pk", "user_id", "nickname", "role", "times_covering")
    return [
        Candidate(pk, user_id, name or user_id, role == Role.TEACHER, covers)
        for pk, user_id, name, role, covers in rows
    ]


def load_related(lessons: Sequence[Lesson], period: CoverPeriod) -> dict[int, dict[int, str]]:
    """Map each lesson to the people (by pk) who know its students or its subject, and how; one query.

    The groups and the courses of the lessons have been read. Who teaches another lesson of the same course or
    of the same group counts, who teaches its subject, and the assistants of the lesson itself.
    """
    courses = {one.course_id for one in lessons if one.course_id}
    subject_of = {
        one.course_id: one.course.subject_id for one in lessons if one.course and one.course.subject_id
    }
    groups = {group.pk for one in lessons for group in one.groups.all()}
    # Who only covers a lesson does not teach its course, or each cover would bring the next.
    covered = Cover.objects.filter(in_force()).values("lesson")
    taught = Lesson.objects.filter(starts_at__gte=period.begins, cancelled_at=None).order_by()
    through: Any = Lesson.groups.through
    of_group = through.objects.filter(
        studentgroup__in=groups, lesson__starts_at__gte=period.begins, lesson__cancelled_at=None
    ).exclude(lesson__in=covered)
    assisting = Member.objects.filter(lesson__in=lessons, role=Member.Role.ASSISTANT).order_by()
    of_course = taught.filter(course__in=courses).exclude(pk__in=covered)
    of_subject, courses_of_subject = _subject_teachers(set(subject_of.values()), period)
    rows = _relation(of_course, SAME_COURSE, "course_id", "teacher_id").union(
        _relation(of_subject, SAME_SUBJECT, "subject_id", "user_id"),
        _relation(courses_of_subject, SAME_SUBJECT, "subject_id", "teacher_id"),
        _relation(of_group.order_by(), SAME_GROUP, "studentgroup_id", "lesson__teacher_id"),
        _relation(assisting, ASSISTS, "lesson_id", "user_id"),
    )
    by_key: dict[tuple[str, int], set[int]] = defaultdict(set)
    for how, key, person in rows:
        by_key[how, key].add(person)
    found: dict[int, dict[int, str]] = {}
    for lesson in lessons:
        related = dict.fromkeys(by_key[ASSISTS, lesson.pk], ASSISTS)
        keys = [(SAME_GROUP, one.pk) for one in lesson.groups.all()]
        if lesson.course_id in subject_of:
            keys.insert(0, (SAME_SUBJECT, subject_of[lesson.course_id]))
        if lesson.course_id:
            keys.insert(0, (SAME_COURSE, lesson.course_id))
        for how, key in keys:
            for person in by_key.get((how, key), ()):
                related.setdefault(person, how)
        found[lesson.pk] = related
    return found


def _subject_teachers(subjects: set[int], period: CoverPeriod) -> tuple[Any, Any]:
    """Return who is named as a teacher of these subjects, and their courses with a lesson in the period."""
    through: Any = Subject.teachers.through
    held = Lesson.objects.filter(course=OuterRef("pk"), starts_at__gte=period.begins, cancelled_at=None)
    courses = Course.objects.filter(Exists(held.order_by()), subject__in=subjects)
    return through.objects.filter(subject__in=subjects).order_by(), courses.order_by()


def _relation(rows: Any, how: str, key: str, person: str) -> Any:
    named = rows.annotate(relation=Value(how, TextField()), related_by=F(key), related_person=F(person))
    return named.values_list("relation", "related_by", "related_person").distinct()


def find_busy(
    school: Enterprise, lessons: Sequence[OpenLesson], candidates: Sequence[Candidate]
) -> dict[int, dict[int, str | None]]:
    """Map each lesson to the candidates (by pk) who cannot teach it, and the topic of their other lesson.

    Two queries. The topic is None for those who are absent.
    """
    slots = [(one.pk, TimeSlot(one.starts_at, one.ends_at)) for one in lessons]
    found = find_busy_people(school, slots, [one.pk for one in candidates])
    busy: dict[int, dict[int, str | None]] = {lesson: {**people} for lesson, people in found.items()}
    for lesson, absent in _absent_people(school, lessons).items():
        busy[lesson] |= dict.fromkeys(absent)
    return busy


def _absent_people(school: Enterprise, lessons: Sequence[OpenLesson]) -> dict[int, set[int]]:
    """Map each lesson to the people who are absent then."""
    found: dict[int, set[int]] = {one.pk: set() for one in lessons}
    if not lessons:
        return found
    first, last = min(one.starts_at for one in lessons), max(one.ends_at for one in lessons)
    absences = valid_absences(school, first, last)
    for person, begins, ends in absences.values_list("teacher_id", "begins_at", "ends_at"):
        for one in lessons:
            if one.starts_at < ends and one.ends_at > begins:
                found[one.pk].add(person)
    return found
