"""Page of a teacher in charge or head of grade: who is missing now, and what of the group waits."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.models import Grade, GroupMembership, StudentGroup, StudentNote, User
from accounts.people.charges import grades_in_charge, groups_of_teacher
from accounts.people.queries import BY_NAME, GROUPS_BY_NAME, number_of_students
from classes.attendance.leave_queries import requests_to_answer
from classes.attendance.thresholds.sentences import cause_sentence
from classes.live.group_presence import GroupsNow, StudentNow, groups_now
from classes.models import AbsenceCall, AbsenceStreak, AttendanceWarning
from console.http.live_polls import refreshed_regions
from console.inputs.bounds import parse_id
from console.lists.first_rows import first_rows
from console.policy import may, scoped
from console.policy.views import SchoolView

#: Consecutive absences that are shown, and rows of each section.
MIN_ABSENCES, MAX_ROWS = 2, 30
Row = TypeVar("Row", StudentGroup, Grade)
REFRESH_S = 10


class GroupLink(NamedTuple):
    """A group or grade on Today: how many are missing, in words, and its page."""

    words: str
    url: str
    is_bad: bool


class GroupRow(NamedTuple):
    """A group of a grade: who is missing, whether it has a lesson now, and whether iclass tells of it."""

    group: StudentGroup
    missing: list[StudentNow]
    has_lesson: bool
    has_data: bool


def own_groups(reader: Any) -> QuerySet[StudentGroup]:
    """Return the groups that the reader is in charge of today, or deputises for, also by their grade."""
    groups = scoped(StudentGroup.objects.all(), reader, "own_group", "list")
    return groups.annotate(size=number_of_students()).order_by(*GROUPS_BY_NAME)


def own_group_links(reader: Any) -> list[GroupLink]:
    """Return a link for each grade that the reader heads, and each group in their own charge."""
    if not may(reader, "list", "own_group"):
        return []
    groups, grades = list(own_groups(reader)), list(grades_in_charge(reader))
    own = set(groups_of_teacher(reader)) if grades else set(groups)
    now = groups_now(reader.enterprise_id, [one.pk for one in groups])
    by_grade: dict[int | None, list[int]] = {}
    for one in groups:
        by_grade.setdefault(one.grade_id, []).append(one.pk)
    links = [_link(one, "grade", by_grade.get(one.pk, ()), now) for one in grades]
    return [*links, *(_link(one, "group", {one.pk}, now) for one in groups if one in own)]


def _link(
    subject: StudentGroup | Grade, parameter: str, groups: Collection[int], now: GroupsNow
) -> GroupLink:
    missing = now.missing_in(groups)
    words = ngettext("%(n)d of %(group)s is missing now", "%(n)d of %(group)s are missing now", missing)
    if not missing:
        is_silent = now.is_silent(groups)
        words = _("No current data about %(group)s") if is_silent else _("Nobody of %(group)s is missing now")
    url = f"{reverse('classes:own_group')}?{parameter}={subject.pk}"
    return GroupLink(words % {"n": missing, "group": subject}, url, missing > 0)


class OwnGroupBase(SchoolView):
    """Base of pages about a group of the reader, `?group=`, or a grade that they head, `?grade=`.

    Without either it is the first grade, or else the first group.
    """

    resource, action = "own_group", "list"

    @cached_property
    def groups(self) -> list[StudentGroup]:
        return list(own_groups(self.request.user))

    @cached_property
    def grades(self) -> list[Grade]:
        return list(grades_in_charge(self.request.user))

    @cached_property
    def grade(self) -> Grade | None:
        """The chosen grade. Http404 for one that the reader does not head."""
        asked = self.request.GET.get("grade")
        if asked:
            return _find(self.grades, asked, _("You are not head of this grade today."))
        return self.grades[0] if self.grades and not self.request.GET.get("group") else None

    @cached_property
    def group(self) -> StudentGroup | None:
        """The chosen group. Http404 for one that is not among the reader's."""
        asked = self.request.GET.get("group")
        if not asked:
            return self.groups[0] if self.groups else None
        return _find(self.groups, asked, _("You are not in charge of this group today."))


class OwnGroupPage(OwnGroupBase, TemplateView):
    """The group or grade. Only what changes by the second is refreshed."""

    def get_template_names(self) -> list[str]:
        page = "own_group" if self.grade is None else "own_grade"
        refresh = refreshed_regions(self.request) is not None
        return [f"classes/pages/{f'_{page}_now' if refresh else page}.html"]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader, grade = self.request.user, self.grade
        group = self.group if grade is None else None
        context = super().get_context_data(
            title=_("My group"),
            groups=self.groups,
            grades=self.grades,
            group=group,
            grade=grade,
            call_outcomes=AbsenceCall.Outcome.choices if self.may("call") else (),
            every=REFRESH_S,
            **more,
        )
        if grade is not None:
            return context | {"title": str(grade)} | _grade_context(reader, grade, self.groups)
        if group is None:
            return context
        school: Any = reader.enterprise_id
        context |= {"now": groups_now(school, [group.pk]), "title": str(group)}
        if refreshed_regions(self.request) is None:
            context |= _waiting_context(reader, group) | {"sees_lessons": may(reader, "list", "wall")}
        return context


def _find(rows: Iterable[Row], asked: str, refusal: str) -> Row:
    found = next((one for one in rows if one.pk == parse_id(asked)), None)
    if found is None:
        raise Http404(refusal)
    return found


def _grade_context(reader: Any, grade: Grade, groups: Iterable[StudentGroup]) -> dict[str, Any]:
    """Return who of the grade is missing now by group, the groups with most of them first."""
    own = [one for one in groups if one.grade_id == grade.pk]
    keys = [one.pk for one in own]
    now = groups_now(reader.enterprise_id, keys)
    rows = [
        GroupRow(
            group,
            now.missing_by_group.get(group.pk, []),
            group.pk in now.groups_with_lesson,
            group.pk in now.groups_with_data,
        )
        for group in own
    ]
    rows.sort(key=lambda row: (-len(row.missing), not row.has_lesson))
    return {"now": now, "rows": rows, "missing": now.missing_in(keys)}


def _waiting_context(reader: Any, group: StudentGroup) -> dict[str, Any]:
    """Return what does not change by the second: absences, requests, warnings, notes and students."""
    members = GroupMembership.objects.filter(group=group).order_by().values("student")
    people = list(User.objects.filter(pk__in=members).order_by(*BY_NAME))
    # Keys, not a subquery: the database finds what is about few people by index, and does not read all.
    students = [one.pk for one in people]
    streaks = AbsenceStreak.objects.filter(
        enterprise=group.enterprise_id, person__in=students, ended_at=None, number__gte=MIN_ABSENCES
    )
    unhandled = AttendanceWarning.objects.filter(
        person__in=students, state__in=AttendanceWarning.UNHANDLED_STATES
    )
    warnings = scoped(unhandled, reader, "warning", "list")
    notes = scoped(StudentNote.objects.filter(person__in=students), reader, "note", "list")
    requests = requests_to_answer(reader).filter(person__in=students)
    return {
        "streaks": streaks.select_related("person").order_by("-number", "last_at"),
        "requests": first_rows(requests.select_related("person").order_by("begins_at"), MAX_ROWS),
        "warnings": first_rows(warnings.select_related("person").order_by("-pk"), MAX_ROWS).map(
            lambda one: (one, cause_sentence(one.facts))
        ),
        "notes": first_rows(notes.select_related("person", "by"), MAX_ROWS),
        "students": people,
        "may_note": may(reader, "add", "note"),
        "matrix_url": f"{reverse('classes:report_matrix')}?group={group.pk}",
    }
