"""What the search finds of lessons and courses."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.user import triple_characters
from accounts.people.queries import RARE_WORD_LIMIT
from classes.lessons.queries import lessons_for, search_courses, topic_contains
from classes.models import Course, Lesson, Member
from console.policy import Scope, scope_of, scoped
from console.policy.database_scope import as_owner
from console.ui.search_sources import (
    MAX_RESULTS,
    SearchablePage,
    SearchResult,
    register_search_source,
    register_searchable_pages,
)
from console.ui.template_tags import when

#: Earlier lessons are first looked for in this time before today.
RECENT = timedelta(days=60)
FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)


def find_lessons(reader: Any, words: Sequence[str]) -> list[SearchResult]:
    """Return lessons by topic: from today on, the next ones first, then earlier ones, the last ones first."""
    lessons = _with_topic(lessons_for(reader).filter(cancelled_at=None), reader, words)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = list(lessons.filter(starts_at__gte=today).order_by("starts_at", "id")[:MAX_RESULTS])
    earlier, end = lessons.order_by("-starts_at", "-id"), today
    # In two steps: PostgreSQL would read and sort all lessons of a common topic, where the last ones do.
    for start in (today - RECENT, FIRST_DAY):
        between = earlier.filter(starts_at__gte=start, starts_at__lt=end)
        found += between[: MAX_RESULTS - len(found)]
        end = start
    return [
        SearchResult(lesson.topic, lesson.get_absolute_url(), f"{when(lesson.starts_at)} · {lesson.teacher}")
        for lesson in found
    ]


def _with_topic(lessons: QuerySet[Lesson], reader: Any, words: Sequence[str]) -> QuerySet[Lesson]:
    """Return the lessons whose topic contains each word. Own ones and rare ones are looked up by ID."""
    topics = topic_contains(words)
    if scope_of(reader, "list", "lesson") != Scope.SCHOOL:
        return lessons.filter(topics, pk__in=_own_ids(reader))
    found = _indexed_ids(reader.enterprise_id, topics, words)
    return lessons.filter(topics) if len(found) > RARE_WORD_LIMIT else lessons.filter(pk__in=found)


def _own_ids(reader: Any) -> list[int]:
    """Return the IDs of the lessons that a person teaches or is a member of."""
    taught = Lesson.objects.filter(teacher=reader).order_by().values_list("pk")
    member = Member.objects.filter(user=reader).order_by().values_list("lesson")
    return [pk for (pk,) in taught.union(member)]


def _indexed_ids(school: int, topics: Q, words: Sequence[str]) -> list[int]:
    """Return the IDs of the lessons of a school with these topics, at most RARE_WORD_LIMIT + 1.

    Runs as the owner, because row-level security prevents the use of the index on topics.
    """
    tripled = Q()
    for word in words:
        tripled &= Q(tripled__contains=triple_characters(Value(word)))
    rows = Lesson.objects.filter(topics, enterprise=school).annotate(tripled=triple_characters("topic"))
    with as_owner():
        return list(rows.filter(tripled).order_by().values_list("pk", flat=True)[: RARE_WORD_LIMIT + 1])


def find_courses(reader: Any, words: Sequence[str]) -> list[SearchResult]:
    """Return courses by title and teacher."""
    courses = scoped(Course.objects.select_related("teacher"), reader, "course", "list")
    courses = search_courses(courses, " ".join(words))
    return [
        SearchResult(course.title, course.get_absolute_url(), str(course.teacher))
        for course in courses.order_by("title", "id")[:MAX_RESULTS]
    ]


register_search_source(
    "lesson", find_lessons, order=3, label=_("Lessons"), icon="calendar-week", list_url="classes:lessons"
)
register_search_source(
    "course", find_courses, order=4, label=_("Courses"), icon="calendar-repeat", list_url="classes:courses"
)
register_searchable_pages(
    SearchablePage(
        _("Schedule a lesson"),
        "classes:lesson_add",
        "add",
        "lesson",
        words=pgettext_lazy("search", "new lesson, add lesson, plan a lesson"),
    ),
    SearchablePage(
        _("New course"),
        "classes:course_add",
        "add",
        "course",
        words=pgettext_lazy("search", "add course, weekly plan"),
    ),
    SearchablePage(_("Import timetable"), "classes:timetable_import_add", "add", "timetable_import"),
    SearchablePage(
        _("Enter an absence"),
        "classes:absence_add",
        "add",
        "cover",
        words=pgettext_lazy("search", "teacher away, teacher sick, find cover"),
    ),
    SearchablePage(_("Add term"), "classes:term_add", "add", "term"),
    SearchablePage(_("Add holiday"), "classes:holiday_add", "add", "term"),
    SearchablePage(_("New subject"), "classes:subject_add", "add", "subject"),
    SearchablePage(_("End-of-year roll-over"), "classes:roll_overs", "list", "roll_over"),
    SearchablePage(_("Calendar feeds"), "classes:feeds", "list", "feed"),
    SearchablePage(_("Conflicts"), "classes:conflicts", "plan", "lesson"),
    SearchablePage(
        _("Ask for or enter leave"),
        "classes:leave_add",
        "add",
        "leave",
        words=pgettext_lazy("search", "request leave, student sick"),
    ),
    SearchablePage(_("Leave calendar"), "classes:leave_calendar", "list", "leave"),
    SearchablePage(_("Warning rules"), "classes:thresholds", "list", "threshold"),
    SearchablePage(_("New attendance code"), "classes:code_add", "add", "attendance_code"),
    *(
        SearchablePage(label, f"classes:report_{name}", "list", "report", _("Reports"))
        for label, name in (
            (_("Group"), "group"),
            (_("Consecutive absences"), "absences"),
            (_("Teachers"), "teachers"),
            (_("Usage"), "usage"),
        )
    ),
    SearchablePage(_("Reports by e-mail"), "classes:report_schedules", "list", "report_schedule"),
    SearchablePage(_("New scheduled export"), "classes:export_add", "add", "export_schedule"),
)
