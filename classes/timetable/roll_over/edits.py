"""Edits of the rows of a preview: what somebody entered is a choice, and what was only shown is none.

Another administrator may have chosen something for the same row meanwhile, or the school may have changed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from console.concurrency import Conflict

MAX_SHOWN = 100


@dataclass(frozen=True)
class RowEdit:
    """The values of a row that somebody posts, and those that were shown to them, both by name.

    A value that was not shown counts as entered. An empty one stands for what is proposed.
    """

    values: Mapping[str, Any]
    seen: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entered(self) -> dict[str, Any]:
        """Return the values that are not the ones that were shown."""
        return {
            name: value
            for name, value in self.values.items()
            if name not in self.seen or value != self.seen[name]
        }


@dataclass(kw_only=True)
class EditedRow:
    """Base of the rows of a preview that a page edits.

    `entered` is what was typed on a page that could not be saved, `clashes` why, both by name of the value.
    """

    entered: dict[str, Any] = field(default_factory=dict)
    clashes: dict[str, str] = field(default_factory=dict)

    @property
    def pk(self) -> int:
        """Return the key of the group or course."""
        raise NotImplementedError

    @property
    def values(self) -> dict[str, Any]:
        """Return what can be edited, as it is previewed."""
        raise NotImplementedError

    @property
    def labels(self) -> dict[str, str | Promise]:
        """Return names of these values, where they have one."""
        raise NotImplementedError

    def tied(self, changed: Collection[str]) -> set[str]:
        """Return which other values lose or change their meaning if these change."""
        return set()

    @property
    def shown(self) -> dict[str, Any]:
        """Return what the fields of the page hold."""
        return {**self.values, **self.entered}


class EditsConflict(Conflict):
    """Somebody else changed what was edited. Nothing was saved. `clashes` has a sentence by row and value."""

    def __init__(self, clashes: dict[int, dict[str, str]]) -> None:
        self.clashes = clashes
        super().__init__(
            _(
                "Someone changed what is marked while you were editing. Nothing was saved. Save again to "
                "replace it with your values."
            )
        )


Row = TypeVar("Row", bound=EditedRow)
Choice = TypeVar("Choice")


def merge_edits(
    rows: Sequence[Row],
    edits: Mapping[int, RowEdit],
    choices: dict[int, Choice],
    choose: Callable[[Row, Choice | None, dict[str, Any]], Choice],
) -> dict[int, dict[str, str]]:
    """Set the choices about edited rows; return why edits clash, by row and value.

    `choose` returns the choice about a row from the one before and from the values that change.
    """
    found = {}
    for row in rows:
        edit = edits.get(row.pk)
        if edit is None:
            continue
        changed = {name: value for name, value in edit.entered.items() if value != row.values[name]}
        names = sorted({*changed, *row.tied(changed)})
        if clashes := [name for name in names if edit.seen.get(name, row.values[name]) != row.values[name]]:
            found[row.pk] = {name: conflict_sentence(row.labels.get(name, "")) for name in clashes}
        if changed:
            choices[row.pk] = choose(row, choices.get(row.pk), changed)
    return found


def conflict_sentence(label: str | Promise = "") -> str:
    """Return that somebody else changed a value, with its new one if it has a name to show."""
    if 0 < len(str(label)) <= MAX_SHOWN:
        text = _(
            "Someone changed this to “%(value)s” while you were editing. Save again to replace "
            "it with your value."
        )
        return text % {"value": label}
    return _("Someone changed this while you were editing. Save again to replace it with your value.")


def keep_entered(
    rows: Sequence[EditedRow], edits: Mapping[int, RowEdit], clashes: Mapping[int, dict[str, str]]
) -> None:
    """Show again what was typed, with the reasons why it was not saved."""
    for row in rows:
        if edit := edits.get(row.pk):
            row.entered, row.clashes = edit.entered, clashes.get(row.pk, {})


def clean_text(text: str) -> str:
    """Return a name or title as it is compared and stored."""
    return " ".join(text.split())
