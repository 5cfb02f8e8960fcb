"""Switches: cells of the policy table that a school changes for itself, as data.

A switch is a column of the school with its name. At its default the table holds as it is written. Otherwise
its cells have the letter that the switch gives them, for the people of this school and nobody else. A cell
belongs to one switch at most. Nothing here is remembered between requests: the values are those of the school
that the user's row brings along, so a change acts with the next request.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.policy.table import ROLES, TABLE


class Cells(NamedTuple):
    """Cells of one role, and their letter while the switch is not at its default."""

    resource: str
    actions: tuple[str, ...]
    role: str
    letter: str


@dataclass(frozen=True)
class Switch:
    """`name` is the column of the school; `days` is that of a limit in days, which counts while it is on."""

    name: str
    label: str | Promise
    explanation: str | Promise
    is_on: bool
    cells: tuple[Cells, ...]
    days: str = ""


#: What changes marks on one's own initiative. Answering an appeal is not among it: the student asked in time.
MARK_ACTIONS = ("correct", "excuse", "credit")

SWITCHES: tuple[Switch, ...] = (
    Switch(
        "teachers_schedule",
        _("Teachers schedule their own lessons"),
        _(
            "Teachers add lessons, and change, reschedule and cancel the lessons that they teach. They "
            "are themselves the teacher of what they add, and choose among the people with whom they have"
            " courses and lessons, and the groups in their charge. Make-up lessons, bulk changes and the"
            " list of conflicts stay with administrators."
        ),
        is_on=False,
        cells=(Cells("lesson", ("add", "change", "cancel"), "teacher", "O"),),
    ),
    Switch(
        "teachers_edit_rosters",
        _("Teachers edit the lists of their lessons"),
        _(
            "Teachers change who is expected in the lessons that they teach, before these begin. They "
            "choose among the people with whom they have courses and lessons, and the groups in their "
            "charge."
        ),
        is_on=False,
        cells=(Cells("member", ("add", "change", "delete"), "teacher", "O"),),
    ),
    Switch(
        "teachers_correct",
        _("Teachers and assistants correct marks"),
        _(
            "They correct and excuse marks of their lessons, and match guests with students. With a "
            "number of days, this ends that many days after the day of the lesson. They still answer "
            "appeals."
        ),
        is_on=True,
        cells=(
            Cells("attendance", MARK_ACTIONS, "teacher", "-"),
            Cells("attendance", MARK_ACTIONS, "assistant", "-"),
        ),
        days="correct_within_days",
    ),
    Switch(
        "teachers_see_phones",
        _("Teachers see phones of their students"),
        _(
            "Teachers can show the phone of each student of every lesson that they teach, at any time: also "
            "of lessons that they scheduled themselves, where they may. The list has it masked, and each "
            "number that is shown is recorded. Without this, they can show only the phones of people in "
            "running lessons."
        ),
        is_on=False,
        cells=(Cells("member", ("phone",), "teacher", "O"),),
    ),
    Switch(
        "assistants_close",
        _("Assistants close registers"),
        _("Assistants close and reopen the registers of the lessons that they assist in."),
        is_on=True,
        cells=(Cells("attendance", ("close", "reopen"), "assistant", "-"),),
    ),
    Switch(
        "students_see_recordings",
        _("Students see recordings"),
        _("Students watch the recordings of the lessons that they attend."),
        is_on=True,
        cells=(Cells("recording", ("list", "view"), "student", "-"),),
    ),
    Switch(
        "students_appeal",
        _("Students appeal"),
        _("Students appeal against their own marks. Appeals that they have filed are still answered."),
        is_on=True,
        cells=(Cells("appeal", ("add",), "student", "-"),),
    ),
)

#: The switch of a cell, and the letter that it gives the cell while it is not at its default.
SWITCHED: dict[tuple[str, str, str], tuple[Switch, str]] = {
    (cells.resource, action, cells.role): (switch, cells.letter)
    for switch in SWITCHES
    for cells in switch.cells
    for action in cells.actions
}
#: The columns of the school, in the order of the page.
SWITCH_COLUMNS = tuple(name for switch in SWITCHES for name in (switch.name, switch.days) if name)


def is_changed(school: Any, switch: Switch) -> bool:
    """Return whether the switch gives its cells another letter than the table in this school."""
    return school is not None and bool(getattr(school, switch.name)) != switch.is_on


def switched_letter(school: Any, resource: str, action: str, role: str) -> str:
    """Return the letter that a switch of this school gives a cell; empty if the table holds."""
    found = SWITCHED.get((resource, action, role))
    return found[1] if found and is_changed(school, found[0]) else ""


def days_limit(school: Any, resource: str, action: str, role: str) -> int | None:
    """Return for how many days after the day of a lesson the cell holds; None for no limit."""
    found = SWITCHED.get((resource, action, role))
    if not found or not found[0].days or school is None:
        return None
    days: int | None = getattr(school, found[0].days)
    return days


def letters(school: Any, resource: str, action: str, roles: tuple[str, ...]) -> list[str]:
    """Return the cells of these roles in a row of the table, as they stand in this school."""
    written = dict(zip(ROLES, TABLE[resource][action].split(), strict=True))
    return [switched_letter(school, resource, action, role) or written[role] for role in roles]
