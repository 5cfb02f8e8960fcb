"""What becomes of the groups of a school: promoted, left as they are, or archived, with their new names."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, Grade, StudentGroup
from accounts.people.queries import GROUPS_BY_NAME
from classes.timetable.roll_over.choices import GroupAct, GroupChoice
from classes.timetable.roll_over.edits import EditedRow, clean_text
from classes.timetable.roll_over.names import propose_name

MAX_NAME = 80


@dataclass
class GroupRow(EditedRow):
    """An active group. `following` is the grade after its own; `name` is the name afterwards."""

    group: StudentGroup
    students: int
    following: Grade | None
    act: str = GroupAct.KEEP
    name: str = ""
    proposed: str = ""
    error: str | Promise = ""

    @property
    def pk(self) -> int:
        return self.group.pk

    @property
    def values(self) -> dict[str, Any]:
        return {"act": self.act, "name": clean_text(self.name)}

    @property
    def labels(self) -> dict[str, str | Promise]:
        return {"act": GroupAct(self.act).label, "name": self.name}

    def tied(self, changed: Collection[str]) -> set[str]:
        """A typed name belongs to its act, and gives way to another one."""
        tied = {"act"} if "name" in changed else set()
        return tied | ({"name"} if "act" in changed and self.name != self.proposed else set())

    @property
    def default(self) -> str:
        if self.group.grade_id is None:
            return GroupAct.KEEP
        return GroupAct.PROMOTE if self.following else GroupAct.ARCHIVE

    @property
    def acts(self) -> list[tuple[str, str | Promise]]:
        """What may be chosen, each with its label."""
        return [
            (one.value, one.label)
            for one in GroupAct
            if one != GroupAct.PROMOTE or self.following is not None
        ]

    @property
    def grade_after(self) -> Grade | None:
        return self.following if self.act == GroupAct.PROMOTE else self.group.grade

    @property
    def goes_on(self) -> bool:
        return self.act != GroupAct.ARCHIVE

    @property
    def changes(self) -> bool:
        return self.act != GroupAct.KEEP


def plan_groups(
    school: Enterprise, students: Mapping[int, Sequence[int]], choices: Mapping[int, GroupChoice], year: int
) -> list[GroupRow]:
    """Return a row for each active group, by grade and name. One query; `students` are those of each group.

    The names are checked as a set: a name that another group gives up is free. `year` is appended to the
    name of a leaving group if another group takes that name.
    """
    later = Grade.objects.filter(
        enterprise=OuterRef("enterprise"), position__gt=OuterRef("grade__position")
    ).order_by("position")
    following = later.values(json=JSONObject(**{name: name for name in ("id", "name", "position")}))[:1]
    known = StudentGroup.objects.filter(enterprise=school).select_related("grade")
    groups = list(known.annotate(following=Subquery(following)).order_by(*GROUPS_BY_NAME))
    rows = []
    for group in groups:
        if not group.is_archived:
            values = group.following
            grade = Grade(enterprise_id=group.enterprise_id, **values) if values else None
            rows.append(GroupRow(group, len(students.get(group.pk, ())), grade))
    rows.sort(key=lambda one: one.group.grade.position if one.group.grade else 2**16)
    _apply_choices(rows, choices)
    _set_names(rows, choices, [one.name for one in groups if one.is_archived], year)
    return rows


def choose_for_group(row: GroupRow, before: GroupChoice | None, changed: Mapping[str, Any]) -> GroupChoice:
    """Return the choice about a group once these values change: only what differs from the proposal.

    A name that was chosen for another act is no choice any more: the proposal changes with the act.
    """
    before = before or GroupChoice()
    act = changed.get("act", row.act) or row.default
    if act not in dict(row.acts):
        return before
    name = before.name if act == row.act else ""
    name = changed.get("name", name)
    if act == GroupAct.KEEP or name == clean_text(row.proposed):
        name = ""
    return GroupChoice("" if act == row.default else act, name)


def _apply_choices(rows: Sequence[GroupRow], choices: Mapping[int, GroupChoice]) -> None:
    for row in rows:
        chosen = choices.get(row.group.pk, GroupChoice()).act
        row.act = chosen if chosen in dict(row.acts) else row.default


def _set_names(
    rows: Sequence[GroupRow], choices: Mapping[int, GroupChoice], archived: Sequence[str], year: int
) -> None:
    """Set the names, and an error where one is missing, too long or taken."""
    for row in rows:
        row.proposed = row.group.name
        if row.act == GroupAct.PROMOTE and row.group.grade and row.following:
            row.proposed = propose_name(row.group.name, row.group.grade.name, row.following.name)
        row.name = _chosen_name(row, choices)
    taken = Counter([*archived, *(row.name for row in rows if row.goes_on)])
    for row in rows:
        if row.act == GroupAct.ARCHIVE:
            if taken[row.group.name]:
                row.proposed = f"{row.group.name} ({year})"
            row.name = _chosen_name(row, choices)
            taken[row.name] += 1
    for row in rows:
        if row.changes:
            row.error = _name_error(row, taken, archived)


def _chosen_name(row: GroupRow, choices: Mapping[int, GroupChoice]) -> str:
    return (choices.get(row.group.pk, GroupChoice()).name if row.changes else "") or row.proposed


def _name_error(row: GroupRow, taken: Mapping[str, int], archived: Sequence[str]) -> str | Promise:
    if len(row.name) > MAX_NAME:
        return _("This name is too long. Enter at most 80 characters.")
    if taken[row.name] < 2:
        return ""
    if row.name in archived:
        return _("An archived group has this name. Choose another one.")
    return _("Another group has this name afterwards. Choose another one.")
